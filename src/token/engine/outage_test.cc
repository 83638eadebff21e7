// Outages of IMS, many processes, and callers with extreme options. A manual clock makes all times exact.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/token_store.h"

#include "token/engine/engine_fixture.h"

namespace adit::token {
namespace {

using namespace testing;

class OutageTest : public TokenEngineTest {
 protected:
  /// 200 processes without a shared store. The random numbers are the same in each run.
  std::vector<std::unique_ptr<TokenEngine>> fleet() {
    std::vector<std::unique_ptr<TokenEngine>> made;
    for (int i = 0; i < 200; ++i) {
      EngineOptions options;
      options.clock = &clock_;
      options.threads = 0;
      options.random = [this] { return std::uniform_real_distribution<double>(0, 1)(chance_); };
      made.push_back(std::make_unique<TokenEngine>(std::move(options)));
    }
    return made;
  }

 private:
  std::mt19937 chance_{1};  // NOLINT(bugprone-random-generator-seed)
};

/// Two engines with one store, as in two processes or hosts.
class SharedStoreTest : public TokenEngineTest {
 protected:
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>(clock_);
  std::unique_ptr<TokenEngine> one_ = make_engine(store_);
  std::unique_ptr<TokenEngine> two_ = make_engine(store_);
};

TEST_F(OutageTest, after_an_outage_processes_without_a_store_return_at_different_times) {
  ims_.failure = outage();
  const auto fleet = this->fleet();
  int served = 0;
  for (const auto& engine : fleet) {
    source(*engine).async_get([&](const auto& error, const auto&) { served += error ? 0 : 1; });
  }
  std::map<long, int> asked;  // by tenths of a second after the end of the outage
  for (int ms = 0; ms < 40'000; ms += 10) {
    if (ms == 6'000) ims_.failure.reset();
    const auto before = ims_.calls;
    for (const auto& engine : fleet) engine->run_due();
    if (ms >= 6'000) asked[ms / 100] += ims_.calls - before;
    clock_.advance(10ms);
  }
  EXPECT_EQ(served, 200);
  const auto most = std::max_element(asked.begin(), asked.end(), [](auto a, auto b) { return a.second < b.second; });
  EXPECT_LE(most->second, 20) << "of 200 in the tenth of a second number " << most->first;
}

TEST_F(OutageTest, tokens_issued_at_the_same_time_are_refreshed_at_different_times) {
  const auto fleet = this->fleet();
  for (const auto& engine : fleet) source(*engine).get();
  int most = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    const auto before = ims_.calls;
    for (const auto& engine : fleet) {
      source(*engine).get();
      engine->run_due();
    }
    most = std::max(most, ims_.calls - before);
    clock_.advance(1min);
  }
  EXPECT_EQ(ims_.calls, 400);
  EXPECT_LE(most, 20) << "5 % of a day are 72 minutes";
}

TEST_F(OutageTest, a_call_for_a_fresh_token_waits_for_retry_after) {
  ims_.failure = Error::failure("request_failed", "busy").http_status(429).retryable(1h);
  auto source = this->source(*engine_);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(code_of(source, {.fresh = true}), "request_failed");
  EXPECT_EQ(ims_.calls, 1) << "Retry-After applies to all";
  pass(*engine_, 1h + 1ms);
  ims_.failure.reset();
  EXPECT_EQ(code_of(source, {.fresh = true}), "token token-1");
}

TEST_F(OutageTest, a_life_that_no_token_has_causes_one_exchange) {
  auto source = this->source(*engine_);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(code_of(source, {.min_life = 25h}), "token_life_too_short");
  EXPECT_EQ(ims_.calls, 1);
  EXPECT_EQ(code_of(source), "token token-1");
}

TEST_F(OutageTest, the_largest_and_smallest_durations_are_accepted) {
  auto source = this->source(*engine_);
  source.get();
  EXPECT_EQ(code_of(source, {.min_life = std::chrono::milliseconds::max()}), "token_life_too_short");
  EXPECT_EQ(code_of(source, {.fresh = true, .timeout = std::chrono::milliseconds::max()}), "token token-2");
  EXPECT_EQ(code_of(source, {.min_life = std::chrono::milliseconds::min()}), "token token-2");
}

TEST_F(OutageTest, an_answer_that_is_not_json_is_retried_twice) {
  unit_ = 0.999;
  ims_.failure = Error::failure("invalid_response_body", "IMS answered with an HTML page.").http_status(200);
  auto source = this->source(*engine_);
  std::optional<Error> result;
  source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; });
  pass(*engine_, 1s);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code(), "invalid_response_body");
  EXPECT_EQ(ims_.calls, 3);
}

TEST_F(SharedStoreTest, an_exchange_that_takes_longer_than_the_locks_ttl_keeps_the_lock) {
  auto other = source(*two_);
  std::vector<std::string> others;
  ims_.before = [&] {
    for (int i = 0; i < 5 && ims_.calls == 1; ++i) {
      clock_.advance(4s);
      one_->run_due();
      others.push_back(code_of(other, {.timeout = 0ms}));
    }
  };
  EXPECT_EQ(source(*one_).get().reveal(), "token-1");
  EXPECT_EQ(others, std::vector<std::string>(5, "token_timeout"));
  clock_.advance(1s);
  EXPECT_EQ(code_of(other), "token token-1");
  EXPECT_EQ(ims_.calls, 1);
}

TEST_F(SharedStoreTest, a_holder_that_waits_longer_than_the_locks_ttl_keeps_the_lock) {
  auto other = source(*two_);
  ims_.failure = Error::failure("request_failed", "busy").http_status(429).retryable(20s);
  source(*one_).async_get([](const auto&, const auto&) {});
  one_->run_due();
  clock_.advance(15s);
  EXPECT_EQ(code_of(other, {.timeout = 0ms}), "token_timeout");
  EXPECT_EQ(ims_.calls, 1) << "Retry-After applies to the whole fleet";
}

TEST_F(SharedStoreTest, a_token_from_another_machine_expires_by_the_issuers_clock) {
  ims_.clock_skew = 10min;  // this machine's clock is 10 minutes behind
  static_cast<void>(source(*one_).get());
  ims_.clock_skew = 0ms;
  ManualClock right(clock_.wall_now() + 10min);
  EngineOptions options;
  options.clock = &right;
  options.threads = 0;
  options.store = store_;
  TokenEngine two(std::move(options));
  const auto token = source(two).get();
  EXPECT_EQ(token.origin(), Origin::store);
  EXPECT_EQ(token.expires_at_monotonic() - right.monotonic_now(), 24h);
}

}  // namespace
}  // namespace adit::token
