#include "token/engine/flight.h"

#include <algorithm>
#include <mutex>

#include "adit/log.h"

#include "base/current_error.h"
#include "base/text/text.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// A lock expires after this time if its holder dies or gives up: a Redis server that was stopped for a while takes
/// locks for callers that have given up. A holder renews its lock while it waits for IMS.
constexpr milliseconds kLockTtl{5'000};
/// How long a store may keep a lock after the end that it reported.
constexpr milliseconds kLockGrace{1'000};
/// Callers wait this much longer than the flight runs (CredentialState::wait_limit).
constexpr milliseconds kLastExchange{1'000};
/// How long a process that found IMS down may keep the lock, so that all others wait, too.
constexpr milliseconds kMaxBackoffLock{60'000};
/// How many malformed responses are treated as failures, after which the flight tries again.
constexpr int kMalformedResponses = 2;

/// Renews the lock in the background until stop().
struct LockKeeper : std::enable_shared_from_this<LockKeeper> {
  LockKeeper(std::shared_ptr<EngineContext> its_context, std::string its_name, std::uint64_t its_fence)
      : context(std::move(its_context)), name(std::move(its_name)), fence(its_fence) {}

  // If the lock cannot be renewed, it expires, and its fence prevents that an older token replaces a newer one.
  void schedule() noexcept {
    try {
      context->scheduler.at(context->clock.monotonic_now() + kLockTtl / 3, [weak = weak_from_this()] {
        if (const auto keeper = weak.lock()) keeper->renew();
      });
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
  }
  void renew() noexcept {
    const std::scoped_lock lock(mutex);
    if (!active) return;
    try {
      if (!context->store->extend(name, fence, kLockTtl)) return;
    } catch (...) {  // NOLINT(bugprone-empty-catch): the next renewal may succeed.
    }
    schedule();
  }
  void stop() {
    const std::scoped_lock lock(mutex);
    active = false;
  }

  std::shared_ptr<EngineContext> context;
  std::string name;
  std::uint64_t fence;
  std::mutex mutex;
  bool active = true;
};

}  // namespace

namespace {

std::string_view name_of(TokenEvent::Kind kind) {
  switch (kind) {
    case TokenEvent::Kind::exchanged:
      return "IMS issued a token";
    case TokenEvent::Kind::exchange_failed:
      return "the exchange failed";
    case TokenEvent::Kind::refresh_started:
      return "a refresh ahead of expiry has begun";
    case TokenEvent::Kind::store_hit:
      return "the store had a token";
    case TokenEvent::Kind::store_failed:
      return "the store failed";
    case TokenEvent::Kind::waited:
      return "a caller has waited";
  }
  return "";
}

std::string text_of(const TokenEvent& event) {
  auto text = cat("token of ", event.client_id, ": ", name_of(event.kind));
  if (event.took.count() > 0) text += cat(", ", duration_cast<milliseconds>(event.took).count(), " ms");
  if (event.life_left.count() > 0) text += cat(", ", event.life_left.count() / 1000, " s of life left");
  if (event.error != nullptr) text += cat(": ", event.error->message());
  return text;
}

}  // namespace

void EngineContext::report(const TokenEvent& event) noexcept {
  counts[static_cast<std::size_t>(event.kind)].fetch_add(1, std::memory_order_relaxed);
  try {
    if (log_enabled(LogLevel::debug)) log(LogLevel::debug, text_of(event));
    if (observer) observer(event);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the caller gets its token even if the observer throws.
  }
}

TokenCounters EngineContext::counters() const {
  const auto count = [this](TokenEvent::Kind kind) {
    return counts[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
  };
  using Kind = TokenEvent::Kind;
  return {.exchanges = count(Kind::exchanged),
          .exchange_failures = count(Kind::exchange_failed),
          .refreshes_ahead = count(Kind::refresh_started),
          .store_hits = count(Kind::store_hit),
          .store_failures = count(Kind::store_failed),
          .waits = count(Kind::waited)};
}

void EngineContext::store_failed(const Error& error) noexcept {
  if (store_down.exchange(true)) return;
  try {
    log(LogLevel::warn, cat("the token store ", store->describe(),
                            " does not work, tokens are kept only in this process: ", error.message()));
  } catch (...) {  // NOLINT(bugprone-empty-catch): callers get their token even if logging fails.
  }
}

void EngineContext::store_works() noexcept {
  if (!store_down.load(std::memory_order_relaxed) || !store_down.exchange(false)) return;
  try {
    log(LogLevel::info, cat("the token store ", store->describe(), " works again"));
  } catch (...) {  // NOLINT(bugprone-empty-catch): as above.
  }
}

Error engine_stopped() {
  return Error::failure("engine_stopped", "The token engine has ended; it fetches no more tokens.")
      .hint("Keep the TokenEngine as long as its sources are used.");
}

ClockReading EngineContext::now(const ims::Issuer& issuer) const { return read_clocks(clock, issuer.clock_skew()); }

void plan(Issued& token, const RefreshPolicy& policy, double unit) {
  token.usable_until = token.expires_at_monotonic - effective_min_life(policy, token.life);
  const auto issued = token.expires_at_monotonic - token.life;
  token.refresh_at = std::min(issued + refresh_after(policy, token.life, unit), token.usable_until);
}

Flight::Flight(std::shared_ptr<const Account> account, std::shared_ptr<EngineContext> context, Goal goal,
               MonotonicTime start)
    : account_(std::move(account)),
      context_(std::move(context)),
      goal_(std::move(goal)),
      deadline_(start + account_->policy.total_deadline),
      lock_deadline_(start + account_->policy.total_deadline * 3 / 4),
      lock_end_(start + kLockGrace),
      store_disabled_(!context_->store),
      usable_record_(goal_.current_token && start < goal_.current_token->usable_until),
      seen_(goal_.current_token ? goal_.current_token->fence : 0) {}

template <typename Work>
void Flight::with_store(Work&& work) {
  if (store_disabled_) return;
  try {
    work(*context_->store);
  } catch (...) {
    do_without_store(current_error("store_unavailable", "it failed"));
  }
}

void Flight::do_without_store(const Error& error) noexcept {
  context_->store_failed(error);
  context_->report(
      {.kind = TokenEvent::Kind::store_failed, .client_id = account_->credentials.client_id(), .error = &error});
  store_disabled_ = true;
  fence_ = 0;
}

/// Releases the lock, so that other processes need not wait until it expires.
void Flight::release_lock() noexcept {
  if (fence_ == 0) return;
  try {
    context_->store->release(account_->seal->name(), fence_);
  } catch (...) {  // NOLINT(bugprone-empty-catch): it expires.
  }
  fence_ = 0;
}

Flight::Outcome Flight::step(bool may_exchange) noexcept {
  if (!std::exchange(begun_, true)) report_refresh();
  try {
    if (!std::exchange(looked_, false)) {
      if (auto found = look()) return std::move(*found);
    }
    if (may_exchange) return exchange();
    looked_ = true;
    return Again{context_->clock.monotonic_now(), std::nullopt};
  } catch (...) {
    auto error = current_error("request_failed", "The token could not be fetched");
    release_lock();
    return Failed{std::move(error), MonotonicTime{}};
  }
}

void Flight::report_refresh() noexcept {
  const auto now = context_->clock.monotonic_now();
  if (!goal_.current_token || now >= goal_.current_token->usable_until) return;
  context_->report({.kind = TokenEvent::Kind::refresh_started,
                    .client_id = account_->credentials.client_id(),
                    .life_left = duration_cast<milliseconds>(goal_.current_token->expires_at_monotonic - now)});
}

std::optional<Flight::Outcome> Flight::look() {
  if (fence_ != 0) {
    // After a wait between attempts, another process may have the lock.
    bool ours = false;
    with_store([&](TokenStore& store) { ours = store.extend(account_->seal->name(), fence_, kLockTtl); });
    if (ours) return std::nullopt;
    fence_ = 0;
  }
  // Another round is needed only if the record is not usable. Their number is limited, because others may keep writing.
  for (int round = 0; round < 4 && !store_disabled_; ++round) {
    RecordOrLock found;
    with_store([&](TokenStore& store) { found = store.get_or_lock(account_->seal->name(), seen_, kLockTtl); });
    const bool first = std::exchange(first_look_, false);
    if (store_disabled_) break;
    if (!found.record && found.fence == 0) return wait_for_lock(found);
    context_->store_works();
    if (found.fence != 0) {
      fence_ = found.fence;
      return std::nullopt;
    }
    seen_ = found.record->fence;
    if (first && goal_.fresh) continue;
    if (auto outcome = examine(*found.record)) return outcome;
  }
  return std::nullopt;
}

/// Returns nullopt if the flight is to continue without the lock.
std::optional<Flight::Outcome> Flight::wait_for_lock(const RecordOrLock& found) {
  const auto now = context_->clock.monotonic_now();
  const auto left = found.lock_left.value_or(kLockTtl);
  if (left > milliseconds(0)) lock_end_ = std::max(lock_end_, now + left + kLockGrace);
  if (now < std::min(lock_end_, lock_deadline_))
    return Again{now + lock_poll(looks_++, context_->random()), std::nullopt};
  do_without_store(Error::failure(
      "store_unavailable",
      "another process holds the record's lock: the lock has expired, or the wait for it would use up the time limit"));
  return std::nullopt;
}

std::optional<Flight::Outcome> Flight::examine(const StoreRecord& record) {
  const auto plain = account_->seal->open(record.sealed, record.fence);
  if (!plain) return std::nullopt;
  const auto now = context_->now(*account_->issuer);
  auto found = from_record(*plain, now, record.remaining);
  if (!found) return std::nullopt;
  if (auto* refusal = std::get_if<Refusal>(&*found)) {
    if (refusal->until <= now.monotonic || goal_.fresh) {
      goal_.refusals = std::max(goal_.refusals, refusal->count);
      return std::nullopt;
    }
    return Refused{std::move(*refusal)};
  }
  auto& token = std::get<Issued>(*found);
  token.fence = record.fence;
  plan(token, account_->policy, context_->random());
  if (goal_.refused && goal_.refused->value == token.value) return std::nullopt;
  if (now.monotonic < token.usable_until) usable_record_ = true;
  const auto least =
      goal_.min_life ? MonotonicTime::duration(*goal_.min_life) : token.expires_at_monotonic - token.usable_until;
  if (token.expires_at_monotonic - now.monotonic <= least) return std::nullopt;
  // Two records of one token may differ a little, by the clocks of their writers; a new token lives much longer.
  if (goal_.current_token &&
      token.expires_at_monotonic < goal_.current_token->expires_at_monotonic + std::chrono::seconds(1)) {
    return std::nullopt;
  }
  context_->report({.kind = TokenEvent::Kind::store_hit,
                    .client_id = account_->credentials.client_id(),
                    .life_left = duration_cast<milliseconds>(token.expires_at_monotonic - now.monotonic)});
  return Success{std::move(token)};
}

std::shared_ptr<void> Flight::keep_lock() {
  if (fence_ == 0) return nullptr;
  const auto keeper = std::make_shared<LockKeeper>(context_, account_->seal->name(), fence_);
  keeper->schedule();
  return {keeper.get(), [keeper](void*) { keeper->stop(); }};
}

Flight::Outcome Flight::exchange() {
  asked_ = true;
  const auto begin = context_->clock.monotonic_now();
  const auto report = [&](TokenEvent::Kind kind, milliseconds life, const Error* error) {
    context_->report({.kind = kind,
                      .client_id = account_->credentials.client_id(),
                      .took = context_->clock.monotonic_now() - begin,
                      .life_left = life,
                      .error = error});
  };
  try {
    auto issued = [this] {
      // The keeper must end before publish(): a lock that is renewed after that would have no holder.
      const auto keeper = keep_lock();
      // The deadline may have passed, for example while the machine was suspended; even then, give IMS some time.
      const auto left = std::max<MonotonicTime::duration>(deadline_ - context_->clock.monotonic_now(), milliseconds(0));
      return account_->issuer->fetch(account_->credentials,
                                     std::chrono::ceil<milliseconds>(left) + milliseconds(kLastExchange),
                                     context_->stop.get_token());
    }();
    Issued token;
    token.value = std::move(issued.value);
    token.type = std::move(issued.type);
    token.scopes = std::move(issued.scopes);
    token.life = issued.life;
    token.expires_at = issued.expires_at;
    token.expires_at_monotonic = issued.expires_at_monotonic;
    plan(token, account_->policy, context_->random());
    report(TokenEvent::Kind::exchanged, token.life, nullptr);
    publish(token);
    return Success{std::move(token)};
  } catch (const Error& error) {
    if (context_->stop.stop_requested()) {
      release_lock();
      return Failed{engine_stopped(), MonotonicTime{}};
    }
    report(TokenEvent::Kind::exchange_failed, milliseconds(0), &error);
    return error.retryable() || is_malformed_response(error) ? failed(error) : refused(error);
  } catch (...) {
    return failed(current_error("request_failed", "The token could not be fetched"));
  }
}

/// Whether to try again after a response of 2xx that does not have IMS's form. It may have been cut off in transit, and
/// the next response is right. If such responses continue, the server is not IMS, and the flight ends.
bool Flight::is_malformed_response(const Error& error) {
  const auto status = error.http_status();
  return error.code() == "invalid_response_body" && status >= 200 && status < 300 &&
         ++malformed_responses_ <= kMalformedResponses;
}

void Flight::publish(Issued& token) {
  const auto fence = fence_;
  if (fence == 0) return;
  with_store([&](TokenStore& store) {
    const auto now = context_->now(*account_->issuer);
    const auto left = duration_cast<milliseconds>(token.expires_at_monotonic - now.monotonic);
    const auto sealed = account_->seal->seal(to_record(token, now), fence_);
    if (left > milliseconds(0) && store.put(account_->seal->name(), sealed, fence_, left)) token.fence = fence_;
  });
  if (!store_disabled_) return;
  // Even a store that is full, and cannot take the record, can release the lock.
  fence_ = fence;
  release_lock();
}

Flight::Outcome Flight::failed(Error error) {
  const auto now = context_->clock.monotonic_now();
  const auto wait = retry_wait(account_->policy, ++goal_.failures, context_->random(), error.retry_after());
  const auto next = now + wait;
  const bool goes_on = next <= deadline_;
  if (goes_on && goal_.failures == 1 && error.retryable()) {
    std::string_view message = error.message();
    if (message.ends_with('.')) message.remove_suffix(1);
    log(LogLevel::warn, cat(message, "; trying again for up to ",
                            std::chrono::ceil<std::chrono::seconds>(deadline_ - now).count(), " s."));
  }
  // Keep the lock during the wait: all processes wait then, and only the holder asks IMS again.
  if (fence_ != 0) {
    const auto hold = goes_on ? wait + kLockTtl : std::min(wait, kMaxBackoffLock);
    with_store([&](TokenStore& store) { store.extend(account_->seal->name(), fence_, hold); });
  }
  if (goes_on) return Again{next, std::move(error)};
  return Failed{std::move(error), next};
}

Flight::Outcome Flight::refused(Error error) {
  const auto now = context_->now(*account_->issuer);
  const auto period = negative_period(account_->policy, goal_.refusals + 1);
  Refusal refusal{std::move(error), goal_.refusals + 1, now.wall, now.monotonic + period};
  if (fence_ != 0) {
    with_store([&](TokenStore& store) {
      // Share the refusal, so that the other processes need not ask IMS. But it must not replace a token that is still
      // usable, and an error of this machine (its clock, its configuration) is not shared: it has no HTTP status.
      if (refusal.error.http_status() != 0 && !usable_record_) {
        store.put(account_->seal->name(), account_->seal->seal(to_record(refusal, now), fence_), fence_, period);
      } else {
        store.release(account_->seal->name(), fence_);
      }
    });
  }
  return Refused{std::move(refusal)};
}

}  // namespace adit::token
