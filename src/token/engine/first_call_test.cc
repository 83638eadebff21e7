// The first call makes the exchange on the caller's thread, so that a program that needs one token starts no thread.
#include <atomic>
#include <filesystem>
#include <future>
#include <iterator>
#include <optional>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include "adit/token_store.h"

#include "token/engine/parts_fixture.h"

namespace adit::token::testing {
namespace {

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

/// Records the thread on which it is called.
struct ThreadNotingIssuer : FakeIssuer {
  ThreadNotingIssuer() : FakeIssuer(Clock::system()) {
    before = [this] { asked_on = std::this_thread::get_id(); };
  }
  std::thread::id asked_on;
};

TEST(FirstCall, makes_the_exchange_on_the_callers_thread_and_starts_no_thread) {
  ThreadNotingIssuer ims;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  const auto threads = threads_of_this_process();
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims.asked_on, std::this_thread::get_id());
  EXPECT_EQ(threads_of_this_process(), threads);
}

TEST(FirstCall, leaves_the_exchange_to_another_thread_if_the_caller_waits_for_less) {
  ThreadNotingIssuer ims;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  EXPECT_EQ(source.get({.timeout = 20s}).reveal(), "token-1");
  EXPECT_NE(ims.asked_on, std::this_thread::get_id());
}

TEST(FirstCall, leaves_the_exchange_to_another_thread_if_the_callers_wait_can_be_stopped) {
  ThreadNotingIssuer ims;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  const std::stop_source stop;
  EXPECT_EQ(source.get({.stop = stop.get_token()}).reveal(), "token-1");
  EXPECT_NE(ims.asked_on, std::this_thread::get_id());
}

TEST(FirstCall, leaves_the_exchange_to_another_thread_if_there_is_a_store) {
  ThreadNotingIssuer ims;
  EngineOptions options;
  options.store = std::make_shared<MemoryStore>(Clock::system());
  TokenEngine engine(std::move(options));
  auto source = engine.source(oauth(), ims.issuer());
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_NE(ims.asked_on, std::this_thread::get_id());
}

TEST(FirstCall, takes_the_token_of_a_store_on_the_callers_thread_and_starts_no_thread) {
  ThreadNotingIssuer ims;
  const auto store = std::make_shared<MemoryStore>(Clock::system());
  const auto options = [&] {
    EngineOptions with_store;
    with_store.store = store;
    return with_store;
  };
  {
    TokenEngine first(options());
    EXPECT_EQ(first.source(oauth(), ims.issuer()).get().reveal(), "token-1");
  }
  TokenEngine second(options());
  auto source = second.source(oauth(), ims.issuer());
  const auto threads = threads_of_this_process();
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims.calls, 1);
  EXPECT_EQ(threads_of_this_process(), threads);
}

/// Records the thread on which get_or_lock() is called.
struct ThreadNotingStore final : TokenStore {
  std::optional<StoreRecord> get(const std::string& name) override { return below.get(name); }
  RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen, std::chrono::milliseconds ttl) override {
    asked_on = std::this_thread::get_id();
    return below.get_or_lock(name, seen, ttl);
  }
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override {
    return below.put(name, sealed, fence, keep);
  }
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) override {
    return below.extend(name, fence, ttl);
  }
  void release(const std::string& name, std::uint64_t fence) override { below.release(name, fence); }
  void remove(const std::string& name, std::uint64_t only_fence) override { below.remove(name, only_fence); }
  std::string describe() const override { return below.describe(); }

  MemoryStore below;
  std::thread::id asked_on;
};

TEST(FirstCall, leaves_a_store_that_might_take_most_of_the_time_to_another_thread) {
  FakeIssuer ims(Clock::system());
  const auto asked_on = [&](const RefreshPolicy& policy, const TokenOptions& options) {
    EngineOptions with_store;
    const auto store = std::make_shared<ThreadNotingStore>();
    with_store.store = store;
    TokenEngine engine(std::move(with_store));
    static_cast<void>(engine.source(oauth(), ims.issuer(), policy).get(options));
    return store->asked_on;
  };
  RefreshPolicy hurried;
  hurried.total_deadline = std::chrono::seconds(5);
  EXPECT_NE(asked_on(hurried, {}), std::this_thread::get_id());
  EXPECT_NE(asked_on({}, {.timeout = 20s}), std::this_thread::get_id());
  EXPECT_EQ(asked_on({}, {}), std::this_thread::get_id());
}

TEST(FirstCall, runs_the_handlers_of_others_on_another_thread) {
  std::promise<std::thread::id> handled;  // destroyed after the engine, whose thread sets it
  ThreadNotingIssuer ims;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  const auto note = ims.before;
  ims.before = [&] {
    note();
    source.async_get(
        [&](const std::optional<Error>&, std::optional<Token>) { handled.set_value(std::this_thread::get_id()); });
  };
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims.asked_on, std::this_thread::get_id());
  EXPECT_NE(handled.get_future().get(), std::this_thread::get_id());
}

TEST(FirstCall, does_not_call_the_issuer_after_the_engine_has_ended) {
  for (int round = 0; round < 300; ++round) {
    std::atomic<bool> ended{false};
    std::atomic<int> late{0};
    FakeIssuer ims(Clock::system());
    ims.before = [&] {
      if (ended) ++late;
    };
    auto engine = std::make_unique<TokenEngine>();
    auto source = engine->source(oauth(), ims.issuer());
    std::thread caller([&] { static_cast<void>(source.try_get()); });
    engine.reset();
    ended = true;
    caller.join();
    EXPECT_EQ(late, 0);
  }
}

TEST(FirstCall, retries_on_another_thread_and_waits_for_it) {
  ThreadNotingIssuer ims;
  const auto note = ims.before;
  ims.failure = Error::failure("request_failed", "connection refused").retryable();
  ims.before = [&] {
    note();
    if (ims.calls == 2) ims.failure.reset();
  };
  EngineOptions options;
  options.random = [] { return 0.0; };
  TokenEngine engine(std::move(options));
  auto source = engine.source(oauth(), ims.issuer());
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims.calls, 2);
  EXPECT_NE(ims.asked_on, std::this_thread::get_id());
}

TEST(FirstCall, serves_callers_that_come_during_the_exchange) {
  ThreadNotingIssuer ims;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  std::promise<void> asked;
  std::promise<void> others_wait;
  ims.before = [&] {
    asked.set_value();
    others_wait.get_future().wait();
  };
  std::thread first([source]() mutable { EXPECT_EQ(source.get().reveal(), "token-1"); });
  asked.get_future().wait();
  std::promise<std::string> result;
  source.async_get([&](const std::optional<Error>& error, const std::optional<Token>& token) {
    result.set_value(error ? error->code() : std::string(token->reveal()));
  });
  others_wait.set_value();
  EXPECT_EQ(result.get_future().get(), "token-1");
  first.join();
  EXPECT_EQ(ims.calls, 1);
}

TEST(FirstCall, the_engines_destructor_waits_for_it) {
  ThreadNotingIssuer ims;
  auto engine = std::make_unique<TokenEngine>();
  auto source = engine->source(oauth(), ims.issuer());
  std::promise<void> asked;
  std::promise<void> goes_on;
  std::atomic<bool> answered{false};
  ims.before = [&] {
    asked.set_value();
    goes_on.get_future().wait();
    answered = true;
  };
  std::thread caller([source]() mutable {
    try {
      source.get();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "engine_stopped");
    }
  });
  asked.get_future().wait();
  std::thread end([&] {
    engine.reset();
    EXPECT_TRUE(answered);
  });
  goes_on.set_value();
  end.join();
  caller.join();
}

}  // namespace
}  // namespace adit::token::testing
