#include "adit/token_engine.h"

#include <future>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/token_store.h"

#include "token/engine/engine_fixture.h"

namespace adit::token {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST_F(TokenEngineTest, one_exchange_serves_until_the_refresh_is_due) {
  auto source = this->source(*engine_);
  EXPECT_EQ(source.get().reveal(), "token-1");
  pass(*engine_, 19h);
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims_.calls, 1);
}

TEST_F(TokenEngineTest, the_first_call_after_the_refresh_time_returns_the_old_token_and_starts_a_refresh) {
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 24h * 0.8 - 1s);
  source.get();
  engine_->run_due();
  EXPECT_EQ(ims_.calls, 1);
  pass(*engine_, 2s);
  EXPECT_EQ(ims_.calls, 1) << "no caller, no refresh";
  EXPECT_EQ(source.get().reveal(), "token-1");
  engine_->run_due();
  EXPECT_EQ(source.get().reveal(), "token-2");
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, jitter_moves_the_refresh_later) {
  unit_ = 0.999;
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 24h * 0.84);
  source.get();
  engine_->run_due();
  EXPECT_EQ(ims_.calls, 1);
  pass(*engine_, 24h * 0.01);
  source.get();
  engine_->run_due();
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, a_token_with_less_than_a_minute_left_is_not_returned) {
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 24h - 60s - 1ms);
  ims_.failure = outage();
  EXPECT_EQ(source.get().reveal(), "token-1");
  clock_.advance(1ms);
  ims_.failure.reset();
  pass(*engine_, 30s);
  EXPECT_EQ(source.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, a_call_can_require_more_or_less_remaining_life) {
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 24h - 30s);
  EXPECT_EQ(source.get({.min_life = 10s}).reveal(), "token-1");
  EXPECT_EQ(source.get({.min_life = 10h}).reveal(), "token-2");
  EXPECT_EQ(code_of(source, {.min_life = 25h}), "token_life_too_short");
}

TEST_F(TokenEngineTest, tokens_shorter_than_the_minimum_are_still_used_for_most_of_their_life) {
  ims_.life = 30s;
  auto source = this->source(*engine_);
  source.get();
  clock_.advance(15s);
  EXPECT_EQ(source.get().reveal(), "token-1");
  clock_.advance(9s);
  EXPECT_EQ(source.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, a_fresh_token_is_one_issued_after_the_call) {
  auto source = this->source(*engine_);
  source.get();
  EXPECT_EQ(source.get({.fresh = true}).reveal(), "token-2");
  EXPECT_EQ(source.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, failures_are_retried_with_backoff_until_the_total_deadline) {
  unit_ = 0.999;
  ims_.failure = outage();
  auto source = this->source(*engine_);
  std::optional<Error> result;
  source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; });
  const auto begin = clock_.monotonic_now();
  pass(*engine_, 40s);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code(), "request_failed");
  EXPECT_TRUE(result->retryable());
  // 250 ms, doubled up to 16 s, add up to almost 32 s. The wait that would end after 30 s does not begin.
  EXPECT_EQ(ims_.calls, 7);
  EXPECT_LT(ims_.asked_at.back() - begin, 30s);
  EXPECT_GT(ims_.asked_at[6] - ims_.asked_at[5], 7900ms);
}

TEST_F(TokenEngineTest, a_caller_gets_a_token_after_failed_attempts) {
  ims_.failure = outage();
  ims_.before = [this] {
    if (ims_.calls == 3) ims_.failure.reset();
  };
  auto source = this->source(*engine_);
  std::optional<Token> got;
  source.async_get([&](const std::optional<Error>&, std::optional<Token> token) { got = std::move(token); });
  pass(*engine_, 1s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reveal(), "token-1");
  EXPECT_EQ(ims_.calls, 3);
}

TEST_F(TokenEngineTest, retry_after_is_the_shortest_wait) {
  ims_.failure = Error::failure("request_failed", "busy").http_status(429).retryable(7s);
  auto source = this->source(*engine_);
  source.async_get([](const auto&, const auto&) {});
  pass(*engine_, 7s);
  EXPECT_EQ(ims_.calls, 1);
  pass(*engine_, 1ms);
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, a_retry_after_beyond_the_deadline_fails_at_once_and_is_remembered) {
  ims_.failure = Error::failure("request_failed", "busy").http_status(503).retryable(1h);
  auto source = this->source(*engine_);
  EXPECT_EQ(code_of(source), "request_failed");
  EXPECT_EQ(code_of(source), "request_failed");
  EXPECT_EQ(ims_.calls, 1);
  pass(*engine_, 1h + 1ms);
  ims_.failure.reset();
  EXPECT_EQ(code_of(source), "token token-1");
}

TEST_F(TokenEngineTest, a_refusal_is_not_retried_and_is_remembered_for_a_growing_time) {
  ims_.failure = wrong_secret();
  auto source = this->source(*engine_);
  std::vector<long> asked;
  for (int ms = 0; ms < 16'000; ms += 100) {
    const auto before = ims_.calls;
    EXPECT_EQ(code_of(source), "invalid_client");
    if (ims_.calls > before) asked.push_back(ms / 100);
    clock_.advance(100ms);
  }
  EXPECT_EQ(asked, (std::vector<long>{0, 10, 30, 70, 150}));
}

TEST_F(TokenEngineTest, a_call_for_a_fresh_token_ignores_a_remembered_refusal) {
  ims_.failure = wrong_secret();
  auto source = this->source(*engine_);
  EXPECT_EQ(code_of(source), "invalid_client");
  ims_.failure.reset();
  EXPECT_EQ(code_of(source, {.fresh = true}), "token token-1");
}

TEST_F(TokenEngineTest, no_failure_reaches_a_caller_while_the_token_is_valid) {
  unit_ = 0.5;
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 12h);
  ims_.failure = outage();
  while (clock_.monotonic_now() < MonotonicTime(24h - 71s)) {
    EXPECT_EQ(code_of(source), "token token-1");
    pass(*engine_, 10s);
  }
  pass(*engine_, 20s);
  ims_.failure.reset();
  const auto before = ims_.calls;
  EXPECT_EQ(code_of(source), "token_timeout") << "the clock stands still, so the call cannot wait for the next attempt";
  pass(*engine_, 20s);
  EXPECT_EQ(code_of(source), "token token-2");
  EXPECT_EQ(ims_.calls, before + 1);
}

TEST_F(TokenEngineTest, a_refused_refresh_keeps_the_valid_token) {
  auto source = this->source(*engine_);
  source.get();
  pass(*engine_, 20h);
  ims_.failure = wrong_secret();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(code_of(source), "token token-1");
    engine_->run_due();
  }
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, a_rejected_token_is_replaced_once_and_reporting_it_again_does_nothing) {
  auto source = this->source(*engine_);
  const auto first = source.get();
  EXPECT_TRUE(source.report_rejected(first));
  EXPECT_EQ(source.get().reveal(), "token-2");
  EXPECT_FALSE(source.report_rejected(first));
  EXPECT_EQ(source.get().reveal(), "token-2");
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, an_api_that_rejects_every_token_causes_few_exchanges) {
  auto source = this->source(*engine_);
  for (int i = 0; i < 1000; ++i) {
    try {
      source.report_rejected(source.get());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "token_refused");
    }
    clock_.advance(10ms);
  }
  EXPECT_LE(ims_.calls, 7);
}

TEST_F(TokenEngineTest, a_token_keeps_its_value_after_a_refresh) {
  auto source = this->source(*engine_);
  const auto kept = source.get();
  source.report_rejected(kept);
  const auto next = source.get();
  EXPECT_EQ(kept.reveal(), "token-1");
  EXPECT_EQ(next.reveal(), "token-2");
}

TEST_F(TokenEngineTest, equal_credentials_share_a_source_and_others_do_not) {
  auto a = source(*engine_);
  auto b = source(*engine_);
  auto c = source(*engine_, oauth("client-2"));
  EXPECT_EQ(a.get().reveal(), "token-1");
  EXPECT_EQ(b.get().reveal(), "token-1");
  EXPECT_EQ(c.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, tokens_of_two_ims_environments_do_not_mix) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  engine_ = make_engine(store);
  auto prod = engine_->source(oauth(), ims_.issuer("https://prod"));
  auto stage = engine_->source(oauth(), ims_.issuer("https://stage"));
  EXPECT_EQ(prod.get().reveal(), "token-1");
  EXPECT_EQ(stage.get().reveal(), "token-2");
  EXPECT_EQ(prod.get().reveal(), "token-1");
}

TEST_F(TokenEngineTest, the_least_recently_used_credential_is_removed_first) {
  engine_ = make_engine(nullptr, 3);
  for (const auto* id : {"a", "b", "c"}) source(*engine_, oauth(id)).get();
  source(*engine_, oauth("a")).get();
  source(*engine_, oauth("d")).get();
  EXPECT_EQ(engine_->size(), 3);
  EXPECT_EQ(ims_.calls, 4);
  for (const auto* id : {"a", "c", "d"}) source(*engine_, oauth(id)).get();
  EXPECT_EQ(ims_.calls, 4);
  source(*engine_, oauth("b")).get();
  EXPECT_EQ(ims_.calls, 5);
}

TEST_F(TokenEngineTest, returning_a_token_from_memory_counts_as_a_use) {
  engine_ = make_engine(nullptr, 3);
  {
    auto held = source(*engine_, oauth("a"));
    held.get();
    for (const auto* id : {"b", "c"}) source(*engine_, oauth(id)).get();
    held.get();
  }
  source(*engine_, oauth("d")).get();
  for (const auto* id : {"a", "c", "d"}) source(*engine_, oauth(id)).get();
  EXPECT_EQ(ims_.calls, 4) << "b was the least recently used";
}

TEST_F(TokenEngineTest, a_credential_with_a_handle_keeps_its_source) {
  engine_ = make_engine(nullptr, 2);
  auto held = source(*engine_, oauth("held"));
  held.get();
  for (int i = 0; i < 10; ++i) source(*engine_, oauth(cat("other-", i))).get();
  source(*engine_, oauth("held")).get();
  EXPECT_EQ(ims_.calls, 11);
  EXPECT_LE(engine_->size(), 2);
}

TEST_F(TokenEngineTest, setting_the_wall_clock_changes_nothing) {
  auto source = this->source(*engine_);
  source.get();
  clock_.set_wall(clock_.wall_now() + 48h);
  EXPECT_EQ(source.get().reveal(), "token-1");
  clock_.set_wall(clock_.wall_now() - 96h);
  pass(*engine_, 24h);
  EXPECT_EQ(source.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, a_second_engine_finds_the_token_in_the_store) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  auto one = make_engine(store);
  auto two = make_engine(store);
  EXPECT_EQ(source(*one).get().reveal(), "token-1");
  const auto token = source(*two).get();
  EXPECT_EQ(token.reveal(), "token-1");
  EXPECT_EQ(token.origin(), Origin::store);
  EXPECT_EQ(ims_.calls, 1);
}

TEST_F(TokenEngineTest, a_refusal_is_shared_through_the_store) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  ims_.failure = wrong_secret();
  for (int i = 0; i < 20; ++i) {
    auto engine = make_engine(store);
    auto source = this->source(*engine);
    EXPECT_EQ(code_of(source), "invalid_client");
  }
  EXPECT_EQ(ims_.calls, 1);
}

TEST_F(TokenEngineTest, a_refusal_never_replaces_a_valid_token_in_the_store) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  auto one = make_engine(store);
  auto source = this->source(*one);
  source.get();
  pass(*one, 20h);
  ims_.failure = wrong_secret();
  source.get();
  one->run_due();
  EXPECT_EQ(ims_.calls, 2);
  auto two = make_engine(store);
  EXPECT_EQ(this->source(*two).get().reveal(), "token-1");
}

TEST_F(TokenEngineTest, a_token_rejected_in_one_engine_is_replaced_once_for_both) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  auto one = make_engine(store);
  auto two = make_engine(store);
  auto a = source(*one);
  auto b = source(*two);
  EXPECT_TRUE(a.report_rejected(a.get()));
  EXPECT_EQ(a.get().reveal(), "token-2");
  EXPECT_TRUE(b.report_rejected(Secret("token-1")) || b.get().reveal() == "token-2");
  EXPECT_EQ(b.get().reveal(), "token-2");
  EXPECT_EQ(ims_.calls, 2);
}

TEST_F(TokenEngineTest, clear_removes_the_token_from_memory_and_store) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  engine_ = make_engine(store);
  auto source = this->source(*engine_);
  source.get();
  source.clear();
  EXPECT_FALSE(source.status().token);
  EXPECT_EQ(source.get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, revoke_asks_ims_and_removes_the_token_everywhere) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  engine_ = make_engine(store);
  auto source = this->source(*engine_);
  source.get();
  source.revoke();
  EXPECT_EQ(ims_.revocations, 1);
  auto other = make_engine(store);
  EXPECT_EQ(this->source(*other).get().reveal(), "token-2");
}

TEST_F(TokenEngineTest, a_handler_is_called_once_with_the_token) {
  auto source = this->source(*engine_);
  std::vector<std::string> result;
  const auto handler = [&](const std::optional<Error>& error, const std::optional<Token>& token) {
    result.push_back(error ? error->code() : std::string(token->reveal()));
  };
  source.async_get(handler);
  source.async_get(handler);
  EXPECT_TRUE(result.empty());
  engine_->run_due();
  EXPECT_EQ(result, (std::vector<std::string>{"token-1", "token-1"}));
  source.async_get(handler);
  EXPECT_EQ(result.size(), 3);
  EXPECT_EQ(ims_.calls, 1);
}

TEST_F(TokenEngineTest, a_handler_is_called_when_its_timeout_has_passed) {
  ims_.failure = outage();
  unit_ = 0.999;
  auto source = this->source(*engine_);
  std::optional<Error> result;
  source.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; },
                   {.timeout = 1s});
  pass(*engine_, 999ms);
  EXPECT_FALSE(result);
  pass(*engine_, 1ms);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code(), "token_timeout");
  EXPECT_THAT(result->hint(), HasSubstr("connection refused"));
}

TEST_F(TokenEngineTest, when_the_engine_ends_waiters_get_an_error_and_sources_return_their_tokens) {
  auto source = this->source(*engine_);
  auto other = this->source(*engine_, oauth("other"));
  source.get();
  std::optional<Error> result;
  other.async_get([&](const std::optional<Error>& error, const std::optional<Token>&) { result = error; });
  engine_.reset();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code(), "engine_stopped");
  EXPECT_EQ(source.get().reveal(), "token-1");
  clock_.advance(24h);
  EXPECT_EQ(code_of(source), "engine_stopped");
}

TEST_F(TokenEngineTest, during_an_outage_only_the_locks_holder_asks_ims_again) {
  const auto store = std::make_shared<MemoryStore>(clock_);
  unit_ = 0.5;
  ims_.failure = outage();
  std::vector<std::unique_ptr<TokenEngine>> fleet;
  int served = 0;
  for (int i = 0; i < 50; ++i) {
    fleet.push_back(make_engine(store));
    source(*fleet.back()).async_get([&](const auto& error, const auto&) { served += error ? 0 : 1; });
  }
  for (int ms = 0; ms < 20'000; ms += 10) {
    if (ms == 8'000) ims_.failure.reset();
    for (auto& engine : fleet) engine->run_due();
    clock_.advance(10ms);
  }
  EXPECT_EQ(served, 50);
  EXPECT_LE(ims_.calls, 8);
  EXPECT_EQ(ims_.issued, 1);
}

TEST(TokenEvents, are_reported_and_counted) {
  ManualClock clock;
  FakeIssuer ims{clock};
  std::vector<std::string> events;
  const auto observe = [&](const TokenEvent& event) {
    events.push_back(cat(static_cast<int>(event.kind), ' ', event.client_id, ' ', event.life_left.count() / 3'600'000,
                         event.error == nullptr ? "" : event.error->code()));
    throw std::runtime_error("ignored");
  };
  const auto store = std::make_shared<MemoryStore>(clock);
  const auto engine = [&] {
    return std::make_unique<TokenEngine>(EngineOptions{
        .clock = &clock, .store = store, .threads = 0, .random = [] { return 0.0; }, .observer = observe});
  };
  const auto first = engine();
  auto source = first->source(oauth(), ims.issuer());
  ims.failure = wrong_secret();
  EXPECT_THROW(static_cast<void>(source.get()), Error);
  ims.failure.reset();
  source.get({.fresh = true});
  const auto second = engine();
  auto other = second->source(oauth(), ims.issuer());
  other.get();
  clock.advance(20h);
  source.get();
  first->run_due();
  using ::testing::ElementsAre;
  EXPECT_THAT(events, ElementsAre("1 client-1 0invalid_client", "5 client-1 0", "0 client-1 24", "5 client-1 0",
                                  "3 client-1 24", "5 client-1 0", "2 client-1 4", "0 client-1 24"));
  const auto counters = first->counters();
  EXPECT_EQ(counters.exchanges, 2U);
  EXPECT_EQ(counters.exchange_failures, 1U);
  EXPECT_EQ(counters.refreshes_ahead, 1U);
  EXPECT_EQ(counters.waits, 2U);
  EXPECT_EQ(second->counters().store_hits, 1U);
  EXPECT_EQ(second->counters().store_failures, 0U);
}

TEST_F(TokenEngineTest, try_get_returns_the_error_that_get_throws) {
  ims_.failure = wrong_secret();
  auto source = this->source(*engine_);
  EXPECT_EQ(std::get<Error>(source.try_get()).code(), "invalid_client");
  ims_.failure.reset();
  EXPECT_EQ(std::get<Token>(source.try_get({.fresh = true})).reveal(), "token-1");
}

TEST(TokenSourceStop, ends_a_wait_and_the_exchange_continues_for_others) {
  FakeIssuer ims(Clock::system());
  std::promise<void> begun;
  std::promise<void> answer;
  ims.before = [&, answered = answer.get_future().share()] {
    begun.set_value();
    answered.wait();
  };
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  std::stop_source stop;
  std::thread stopper([&] {
    begun.get_future().wait();
    stop.request_stop();
  });
  EXPECT_EQ(std::get<Error>(source.try_get({.timeout = 10min, .stop = stop.get_token()})).code(), "token_cancelled");
  stopper.join();
  answer.set_value();
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(ims.calls, 1);
}

TEST(TokenSourceStop, a_token_in_memory_is_returned_even_if_a_stop_was_requested) {
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  source.get();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(source.get({.stop = stop.get_token()}).reveal(), "token-1");
  EXPECT_EQ(std::get<Error>(source.try_get({.fresh = true, .stop = stop.get_token()})).code(), "token_cancelled");
}

}  // namespace
}  // namespace adit::token
