#include "action/runners.h"

#include <atomic>
#include <chrono>
#include <future>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit {
namespace {

using Outcome = Runners::Outcome;
using std::chrono::steady_clock;

constexpr auto kLong = std::chrono::minutes(5);

/// A job's outcome, which the test waits for.
struct Pending {
  std::shared_ptr<std::promise<Outcome>> promise = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> outcome = promise->get_future();
  [[nodiscard]] Runners::Then then() const {
    return [promise = promise](const Runners::Result& result) { promise->set_value(result.outcome); };
  }
};

TEST(Runners, deliver_the_jobs_result) {
  Runners runners({.concurrency = 2});
  std::promise<json::value> value;
  runners.run([] { return json::value(7); }, steady_clock::now() + kLong,
              [&](Runners::Result result) { value.set_value(std::move(result.value)); });
  EXPECT_EQ(value.get_future().get(), json::value(7));
  EXPECT_TRUE(runners.wait_idle(kLong));
}

TEST(Runners, a_job_that_throws_fails_and_the_next_one_runs) {
  Runners runners({.concurrency = 1});
  Pending first;
  Pending second;
  Pending third;
  runners.run([]() -> json::value { throw std::bad_alloc(); }, steady_clock::now() + kLong, first.then());
  EXPECT_EQ(first.outcome.get(), Outcome::failed);
  runners.run([]() -> json::value { throw 7; }, steady_clock::now() + kLong,
              [then = second.then()](Runners::Result result) {
                then(std::move(result));
                throw 8;
              });
  EXPECT_EQ(second.outcome.get(), Outcome::failed);
  runners.run([] { return json::value(); }, steady_clock::now() + kLong, third.then());
  EXPECT_EQ(third.outcome.get(), Outcome::done);
  EXPECT_TRUE(runners.wait_idle(kLong));
}

TEST(Runners, a_job_past_its_deadline_runs_on_and_does_not_block_others) {
  Runners runners({.concurrency = 1, .waiting = 1, .overdue = 1});
  std::promise<void> leave;
  // On a busy machine its deadline may pass before it begins.
  auto outcome = Outcome::too_late;
  for (auto time = std::chrono::milliseconds(20); outcome == Outcome::too_late; time *= 10) {
    Pending late;
    runners.run([&leave] { return leave.get_future().wait(), json::value(); }, steady_clock::now() + time, late.then());
    outcome = late.outcome.get();
  }
  EXPECT_EQ(outcome, Outcome::overdue);
  Pending next;
  runners.run([] { return json::value(); }, steady_clock::now() + kLong, next.then());
  // Only one may be overdue.
  EXPECT_EQ(next.outcome.get(), Outcome::stuck);
  EXPECT_FALSE(runners.wait_idle(std::chrono::milliseconds(1)));
  leave.set_value();
  EXPECT_TRUE(runners.wait_idle(kLong));
  Pending last;
  runners.run([] { return json::value(); }, steady_clock::now() + kLong, last.then());
  EXPECT_EQ(last.outcome.get(), Outcome::done);
}

TEST(Runners, a_job_whose_deadline_passes_before_it_starts_is_not_run) {
  Runners runners({.concurrency = 1});
  std::promise<void> leave;
  std::atomic<bool> ran{false};
  Pending first;
  Pending second;
  runners.run([&leave] { return leave.get_future().wait(), json::value(); }, steady_clock::now() + kLong, first.then());
  runners.run([&ran] { return ran = true, json::value(); }, steady_clock::now() + std::chrono::milliseconds(20),
              second.then());
  EXPECT_EQ(second.outcome.get(), Outcome::too_late);
  leave.set_value();
  EXPECT_EQ(first.outcome.get(), Outcome::done);
  EXPECT_TRUE(runners.wait_idle(kLong));
  EXPECT_FALSE(ran);
}

TEST(Runners, a_job_is_refused_if_as_many_wait_as_may) {
  Runners runners({.concurrency = 1, .waiting = 1});
  std::promise<void> leave;
  Pending first;
  Pending second;
  Pending third;
  runners.run([&leave] { return leave.get_future().wait(), json::value(); }, steady_clock::now() + kLong, first.then());
  runners.run([] { return json::value(); }, steady_clock::now() + kLong, second.then());
  runners.run([] { return json::value(); }, steady_clock::now() + kLong, third.then());
  EXPECT_EQ(third.outcome.get(), Outcome::full);
  leave.set_value();
  EXPECT_EQ(first.outcome.get(), Outcome::done);
  EXPECT_EQ(second.outcome.get(), Outcome::done);
}

TEST(Runners, no_more_jobs_overlap_than_allowed) {
  constexpr int kConcurrency = 4;
  Runners runners({.concurrency = kConcurrency, .waiting = 1000});
  std::atomic<int> here{0};
  std::atomic<int> most{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 1000; ++i) {
    runners.run(
        [&] {
          const int now = ++here;
          for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
          }
          --here;
          return json::value();
        },
        steady_clock::now() + kLong, [&](const Runners::Result&) { ++done; });
  }
  EXPECT_TRUE(runners.wait_idle(kLong));
  EXPECT_EQ(done, 1000);
  EXPECT_LE(most, kConcurrency);
}

}  // namespace
}  // namespace adit
