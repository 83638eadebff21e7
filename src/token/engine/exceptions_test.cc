// Exceptions of issuers, stores, the random function and handlers. None leaves a thread, and callers that wait get an
// error.
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/token_store.h"

#include "token/engine/engine_fixture.h"

namespace adit::token {
namespace {

using namespace testing;
using ::testing::HasSubstr;

/// Functions that throw an Error, other exceptions, and an int.
const std::vector<std::function<void()>>& throwers() {
  static const std::vector<std::function<void()>> all{[] { throw Error::failure("mine", "My error."); },
                                                      [] { throw std::bad_alloc(); },
                                                      [] { throw std::runtime_error("no luck"); }, [] { throw 7; }};
  return all;
}

/// Throws in the call that `broken` names.
struct FaultyStore final : TokenStore {
  explicit FaultyStore(const Clock& clock) : real(clock) {}
  std::optional<StoreRecord> get(const std::string& name) override { return fail("get"), real.get(name); }
  RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen, std::chrono::milliseconds ttl) override {
    return fail("get_or_lock"), real.get_or_lock(name, seen, ttl);
  }
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override {
    return fail("put"), real.put(name, sealed, fence, keep);
  }
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) override {
    return fail("extend"), real.extend(name, fence, ttl);
  }
  void release(const std::string& name, std::uint64_t fence) override { fail("release"), real.release(name, fence); }
  void remove(const std::string& name, std::uint64_t only_fence) override {
    fail("remove"), real.remove(name, only_fence);
  }
  [[nodiscard]] std::string describe() const override { return fail("describe"), "faulty"; }
  void fail(std::string_view call) const {
    if (broken == "all" || broken == call) thrower();
  }
  MemoryStore real;
  std::string broken;
  std::function<void()> thrower = throwers().front();
};

class Exceptions : public TokenEngineTest {};

TEST_F(Exceptions, of_an_issuer_become_errors_of_the_caller) {
  for (const auto& thrower : throwers()) {
    auto engine = make_engine();
    ims_.before = thrower;
    auto source = this->source(*engine);
    std::optional<Error> result;
    source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; });
    pass(*engine, 40s);
    ASSERT_TRUE(result);
    EXPECT_THAT(result->code(), ::testing::AnyOf("mine", "out_of_memory", "request_failed"));
    ims_.before = nullptr;
    EXPECT_THAT(code_of(source, {.fresh = true}), HasSubstr("token-")) << "the next flight starts";
  }
}

TEST_F(Exceptions, of_an_issuer_affect_no_caller_while_a_token_is_valid) {
  for (const auto& thrower : throwers()) {
    auto engine = make_engine();
    auto source = this->source(*engine);
    const std::string token(source.get().reveal());
    ims_.before = thrower;
    pass(*engine, 20h);
    EXPECT_EQ(source.get().reveal(), token);
    pass(*engine, 1h);
    EXPECT_EQ(source.get().reveal(), token);
    ims_.before = nullptr;
  }
}

TEST_F(Exceptions, of_a_store_only_prevent_sharing) {
  for (const auto& thrower : throwers()) {
    for (const auto* call : {"get_or_lock", "put", "extend", "release", "describe", "all"}) {
      const auto store = std::make_shared<FaultyStore>(clock_);
      store->thrower = thrower;
      store->broken = call;
      auto engine = make_engine(store);
      auto source = this->source(*engine);
      EXPECT_THAT(code_of(source), HasSubstr("token token-")) << call;
      ims_.failure = outage();
      std::optional<Error> result;
      source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; },
                       {.fresh = true});
      pass(*engine, 60s);
      ASSERT_TRUE(result);
      EXPECT_EQ(result->code(), "request_failed") << call;
      ims_.failure.reset();
    }
  }
}

TEST_F(Exceptions, of_the_random_function_do_not_end_the_program) {
  EngineOptions options;
  options.clock = &clock_;
  options.threads = 0;
  options.random = []() -> double { throw 7; };
  TokenEngine engine(std::move(options));
  auto source = this->source(engine);
  EXPECT_NO_FATAL_FAILURE(static_cast<void>(code_of(source)));
}

TEST_F(Exceptions, of_a_handler_do_not_affect_other_handlers) {
  ::testing::internal::CaptureStderr();
  auto source = this->source(*engine_);
  int calls = 0;
  for (const auto& thrower : throwers()) {
    source.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++calls, thrower(); });
  }
  source.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++calls; });
  engine_->run_due();
  EXPECT_EQ(calls, 5);
  auto other = this->source(*engine_, oauth("other"));
  for (const auto& thrower : throwers()) {
    other.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++calls, thrower(); });
  }
  engine_.reset();
  EXPECT_EQ(calls, 9) << "handlers that the engine calls when it ends";
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("A handler of async_get() threw an exception"));
}

TEST(ExceptionsOnThreads, of_a_handler_and_an_issuer_end_no_thread) {
  FakeIssuer ims(Clock::system());
  EngineOptions options;
  options.threads = 1;
  TokenEngine engine(std::move(options));
  for (const auto& thrower : throwers()) {
    auto source = engine.source(oauth(cat("client-", ims.calls)), ims.issuer());
    std::promise<void> done;
    source.async_get([&](const std::optional<Error>&, const std::optional<Token>&) {
      done.set_value();
      thrower();
    });
    ASSERT_EQ(done.get_future().wait_for(2min), std::future_status::ready);
  }
  EXPECT_FALSE(engine.source(oauth("last"), ims.issuer()).get().empty());
}

TEST_F(Exceptions, an_exchange_may_take_the_time_that_its_callers_have_left) {
  ims_.failure = outage();
  unit_ = 0.999;
  auto source = this->source(*engine_);
  source.async_get([](const auto&, const auto&) {});
  engine_->run_due();
  EXPECT_EQ(ims_.allowed, 31s) << "the flight's, and the second that callers wait beyond it";
  pass(*engine_, 29s);
  EXPECT_GT(ims_.calls, 3);
  EXPECT_LT(ims_.allowed, 20s);
  EXPECT_GE(ims_.allowed, 1s);
}

TEST_F(Exceptions, a_store_whose_lock_is_never_free_is_not_used) {
  /// A store whose lock another process always holds; `left` is the time that it reports for it.
  struct Locked final : TokenStore {
    std::optional<StoreRecord> get(const std::string&) override { return std::nullopt; }
    RecordOrLock get_or_lock(const std::string&, std::uint64_t, std::chrono::milliseconds) override {
      return {std::nullopt, 0, left};
    }
    bool put(const std::string&, std::string_view, std::uint64_t, std::chrono::milliseconds) override { return false; }
    bool extend(const std::string&, std::uint64_t, std::chrono::milliseconds) override { return false; }
    void release(const std::string&, std::uint64_t) override {}
    void remove(const std::string&, std::uint64_t) override {}
    [[nodiscard]] std::string describe() const override { return "locked:"; }
    std::optional<std::chrono::milliseconds> left;
  };
  const auto wait_with = [&](std::optional<std::chrono::milliseconds> left) {
    const auto store = std::make_shared<Locked>();
    store->left = left;
    auto engine = make_engine(store);
    auto source = this->source(*engine);
    std::optional<MonotonicTime> result;
    source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) {
      EXPECT_FALSE(error);
      result = clock_.monotonic_now();
    });
    const auto begin = clock_.monotonic_now();
    pass(*engine, 40s);
    EXPECT_TRUE(result);
    return result.value_or(MonotonicTime::max()) - begin;
  };
  ::testing::internal::CaptureStderr();
  EXPECT_LT(wait_with(0ms), 1500ms) << "the store reports that the lock has expired";
  EXPECT_LT(wait_with(5s), 23s) << "the lock never expires";
  EXPECT_LT(wait_with(std::nullopt), 23s);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("another process holds the record's lock"));
}

}  // namespace
}  // namespace adit::token
