// What others' code throws: issuers, stores, random numbers and handlers. No exception leaves a thread, and
// whoever waits is told.
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

/// Everything that can be thrown.
const std::vector<std::function<void()>>& throwers() {
  static const std::vector<std::function<void()>> all{[] { throw Error::failure("mine", "My error."); },
                                                      [] { throw std::bad_alloc(); },
                                                      [] { throw std::runtime_error("no luck"); }, [] { throw 7; }};
  return all;
}

/// Throws in the call that it is told of.
struct FaultyStore final : TokenStore {
  explicit FaultyStore(const Clock& clock) : real(clock) {}
  std::optional<StoreRecord> get(const std::string& name) override { return fail("get"), real.get(name); }
  Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) override {
    return fail("claim"), real.claim(name, seen, lease);
  }
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override {
    return fail("put"), real.put(name, sealed, fence, keep);
  }
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) override {
    return fail("extend"), real.extend(name, fence, lease);
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

TEST_F(Exceptions, OfAnIssuerBecomeTheCallersErrors) {
  for (const auto& thrower : throwers()) {
    auto engine = make_engine();
    ims_.before = thrower;
    auto source = this->source(*engine);
    std::optional<Error> told;
    source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { told = error; });
    pass(*engine, 40s);
    ASSERT_TRUE(told);
    EXPECT_THAT(told->code(), ::testing::AnyOf("mine", "out_of_memory", "request_failed"));
    ims_.before = nullptr;
    EXPECT_THAT(code_of(source, {.fresh = true}), HasSubstr("token-")) << "the next one is not kept from its try";
  }
}

TEST_F(Exceptions, OfAnIssuerAreNobodysAffairWhileATokenLives) {
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

TEST_F(Exceptions, OfAStoreCostTheSharingAlone) {
  for (const auto& thrower : throwers()) {
    for (const auto* call : {"claim", "put", "extend", "release", "describe", "all"}) {
      const auto store = std::make_shared<FaultyStore>(clock_);
      store->thrower = thrower;
      store->broken = call;
      auto engine = make_engine(store);
      auto source = this->source(*engine);
      EXPECT_THAT(code_of(source), HasSubstr("token token-")) << call;
      ims_.failure = outage();
      std::optional<Error> told;
      source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { told = error; },
                       {.fresh = true});
      pass(*engine, 60s);
      ASSERT_TRUE(told);
      EXPECT_EQ(told->code(), "request_failed") << call;
      ims_.failure.reset();
    }
  }
}

TEST_F(Exceptions, OfChanceBecomeTheCallersErrors) {
  EngineOptions options;
  options.clock = &clock_;
  options.threads = 0;
  options.random = []() -> double { throw 7; };
  TokenEngine engine(std::move(options));
  auto source = this->source(engine);
  EXPECT_NO_FATAL_FAILURE(static_cast<void>(code_of(source)));
}

TEST_F(Exceptions, OfAHandlerHarmNoOtherHandler) {
  ::testing::internal::CaptureStderr();
  auto source = this->source(*engine_);
  int told = 0;
  for (const auto& thrower : throwers()) {
    source.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++told, thrower(); });
  }
  source.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++told; });
  engine_->run_due();
  EXPECT_EQ(told, 5);
  auto other = this->source(*engine_, oauth("other"));
  for (const auto& thrower : throwers()) {
    other.async_get([&](const std::optional<Error>&, const std::optional<Token>&) { ++told, thrower(); });
  }
  engine_.reset();
  EXPECT_EQ(told, 9) << "nor at the engine's end";
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("A handler of async_get() threw an exception"));
}

TEST(ExceptionsOnThreads, OfAHandlerAndAnIssuerEndNoThread) {
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

TEST_F(Exceptions, AnExchangeGetsTheTimeThatItsCallersHaveLeft) {
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

TEST_F(Exceptions, AStoreThatAlwaysSaysThatAnotherHasTheLockIsDoneWithout) {
  /// Says how long it lasts, each time anew, or nothing.
  struct Locked final : TokenStore {
    std::optional<StoreRecord> get(const std::string&) override { return std::nullopt; }
    Claim claim(const std::string&, std::uint64_t, std::chrono::milliseconds) override {
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
    std::optional<MonotonicTime> told;
    source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) {
      EXPECT_FALSE(error);
      told = clock_.monotonic_now();
    });
    const auto begin = clock_.monotonic_now();
    pass(*engine, 40s);
    EXPECT_TRUE(told);
    return told.value_or(MonotonicTime::max()) - begin;
  };
  ::testing::internal::CaptureStderr();
  EXPECT_LT(wait_with(0ms), 1500ms) << "by its own word the lock has ended";
  EXPECT_LT(wait_with(5s), 23s) << "it never ends";
  EXPECT_LT(wait_with(std::nullopt), 23s);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("another keeps the lock of the record"));
}

}  // namespace
}  // namespace adit::token
