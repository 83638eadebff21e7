#include "token/engine/credential_state.h"

#include <algorithm>

#include "adit/log.h"

#include "base/current_error.h"
#include "base/text/text.h"
#include "token/engine/thread_tokens.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// The API never accepted a token that it rejects at a younger age than this. Within this time, IMS is assumed to issue
/// tokens of the same life.
constexpr std::chrono::minutes kEarlyRejectionAge{1};
/// This many tokens in a row may be rejected early by coincidence, because they were revoked. If there are more, the
/// API accepts none.
constexpr int kEarlyRejectionsAllowed = 2;
/// A look into a store ends within this limit: it consists of four calls at most, and each ends within 2 s.
constexpr std::chrono::seconds kLongLimit{10};
constexpr milliseconds kForever = std::chrono::hours(24 * 365 * 10);

// The numbers of credentials and of generations are unique in a process.
std::uint64_t next_credential() {
  static std::atomic<std::uint64_t> credentials{0};
  return ++credentials;
}

std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> generations{0};
  return ++generations;
}

/// The generation under which a thread keeps a token that it must not use without reading the clock.
std::uint64_t needs_clock(std::uint64_t generation) { return ~generation; }

std::string client_of(const Account& account) { return cat("client ", account.credentials.client_id()); }

Error cancelled(const Account& account) {
  return Error::failure("token_cancelled", cat("The wait for a token of ", client_of(account), " was cancelled."));
}

/// Measures how long one caller waits. The destructor reports it, if the caller did wait.
struct Wait {
  Wait(EngineContext& its_context, const Account& its_account) : context(its_context), account(its_account) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() {
    if (!happened) return;
    context.report({.kind = TokenEvent::Kind::waited,
                    .client_id = account.credentials.client_id(),
                    .took = std::chrono::steady_clock::now() - begin});
  }

  EngineContext& context;
  const Account& account;
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  bool happened = false;
};

}  // namespace

CredentialState::CredentialState(std::shared_ptr<const Account> account, std::shared_ptr<EngineContext> context,
                                 std::shared_ptr<const Issued> inherited)
    : account_(std::move(account)),
      context_(std::move(context)),
      number_(next_credential()),
      token_(std::move(inherited)) {
  begin_generation();
}

void CredentialState::begin_generation() { generation_.store(next_generation(), std::memory_order_release); }

void CredentialState::mark_used() {
  const auto epoch = context_->epoch.load(std::memory_order_relaxed);
  if (used() != epoch) set_used(epoch);
}

std::shared_ptr<const Issued> CredentialState::token_of_this_thread() const {
  const auto generation = generation_.load(std::memory_order_acquire);
  const auto* token = find_thread_token(number_, generation);
  if (token == nullptr) token = find_thread_token(number_, needs_clock(generation));
  return token == nullptr ? nullptr : *token;
}

Token CredentialState::get() {
  if (const auto* token = find_thread_token(number_, generation_.load(std::memory_order_acquire))) [[likely]] {
    mark_used();
    return Token(*token);
  }
  return get(TokenOptions{});
}

Token CredentialState::get(const TokenOptions& options) {
  const std::stop_callback wake(options.stop, [this] {
    { const std::scoped_lock lock(mutex_); }  // from here on, the caller waits already, or will see the stop request
    changed_.notify_all();
  });
  Wait wait(*context_, *account_);  // before `lock`, so that it reports when the lock is released
  Lock lock(mutex_);
  auto caller = make_caller(options);
  caller.steps = can_step(caller.options);
  // The wait uses the real clock, not the engine's: it must end even if an injected clock stands still.
  const auto give_up = wait.begin + wait_limit(caller.options);
  for (bool in_time = true;;) {
    auto decision = decide(caller);
    if (decision.token) return *std::move(decision.token);
    // The exchange may take as long as the caller waits, so that both can time out at the same moment. The caller gets
    // the same error, whichever is noticed first.
    if (decision.error && decision.error->retryable() && std::chrono::steady_clock::now() >= give_up)
      throw timed_out(caller);
    if (decision.error) throw *std::move(decision.error);
    if (options.stop.stop_requested()) throw cancelled(*account_);
    if (!in_time) throw timed_out(caller);
    wait.happened = true;
    if (decision.step) {
      lock.unlock();
      step(true);
      lock.lock();
    } else if (context_->scheduler.manual()) {
      lock.unlock();
      const auto ran = context_->scheduler.run_due();
      lock.lock();
      if (ran == 0) throw timed_out(caller);
    } else {
      in_time = changed_.wait_until(lock, give_up) == std::cv_status::no_timeout;
    }
  }
}

void CredentialState::async_get(TokenSource::Handler handler, const TokenOptions& options) {
  Waiters made;
  try {
    made.emplace_back();
  } catch (const std::bad_alloc&) {
    return handler(out_of_memory(), std::nullopt);
  }
  auto& waiter = made.front();
  waiter.handler = std::move(handler);
  try {
    const Lock lock(mutex_);
    waiter.caller = make_caller(options);
    waiter.decision = decide(waiter.caller);
    if (waiter.decision.is_pending()) {
      waiter.deadline = context_->clock.monotonic_now() + wait_limit(waiter.caller.options);
      expire_waiters_at(waiter.deadline);
      if (options.stop.stop_possible()) {
        waiter.on_stop.emplace(options.stop, [weak = weak_from_this()] {
          if (const auto state = weak.lock()) state->expire_stopped_waiters();
        });
      }
      waiters_.splice(waiters_.end(), made);
      return;
    }
  } catch (...) {
    waiter.decision = {std::nullopt, current_error("token_failed", "No token could be requested")};
  }
  waiter.handler(waiter.decision.error, std::move(waiter.decision.token));
}

void CredentialState::expire_waiters_at(MonotonicTime time) {
  context_->scheduler.at(time, [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->expire_waiters();
  });
}

/// Returns false if that cannot be scheduled.
bool CredentialState::decide_waiters_later() noexcept {
  if (waiters_.empty()) return true;
  try {
    expire_waiters_at(context_->clock.monotonic_now());
    return true;
  } catch (...) {
    return false;
  }
}

/// Takes no lock, because another thread may be destroying the waiter under the lock while this runs.
void CredentialState::expire_stopped_waiters() noexcept {
  try {
    expire_waiters_at(context_->clock.monotonic_now());
  } catch (...) {  // NOLINT(bugprone-empty-catch): if no thread can call the handler now, its time-out still does.
  }
}

CredentialState::Caller CredentialState::make_caller(const TokenOptions& options) {
  mark_used();
  Caller caller{options, flights_, failures_};
  // Ten years at most: in nanoseconds, longer times could overflow.
  for (auto* time : {&caller.options.min_life, &caller.options.timeout}) {
    if (*time) *time = std::clamp(**time, milliseconds(0), kForever);
  }
  return caller;
}

milliseconds CredentialState::wait_limit(const TokenOptions& options) const {
  return options.timeout.value_or(account_->policy.total_deadline + std::chrono::seconds(1));
}

/// Whether the caller makes the flight's first step on its own thread, so that a program that needs one token starts no
/// thread. With a store, the step is only the look into it: the scheduler's threads make the exchange, and renew the
/// store's lock at the same time. A step cannot be left, so a caller that may stop waiting earlier makes none.
bool CredentialState::can_step(const TokenOptions& options) const {
  if (context_->scheduler.manual() || options.stop.stop_possible()) return false;
  return context_->store ? !options.timeout && account_->policy.total_deadline >= kLongLimit
                         : wait_limit(options) >= wait_limit({});
}

bool CredentialState::is_enough(const Caller& caller, MonotonicTime now) const {
  if (!token_ || now >= token_->expires_at_monotonic) return false;
  if (caller.options.fresh && fresh_flight_ <= caller.flights) return false;
  if (caller.options.min_life) return token_->expires_at_monotonic - now >= *caller.options.min_life;
  return now < token_->usable_until;
}

std::optional<Error> CredentialState::failure_for(const Caller& caller, MonotonicTime now) const {
  if (failures_ > caller.failures) return last_error_;
  // IMS issues tokens of one lifetime. If the newest token is too short-lived for this caller, a further exchange does
  // not help.
  const auto too_short = [&] {
    if (token_flight_ > caller.flights) return token_->origin == Origin::exchange;
    const auto age = now - (token_->expires_at_monotonic - token_->life);
    return !caller.options.fresh && token_->life < *caller.options.min_life && age < kEarlyRejectionAge;
  };
  if (token_ && caller.options.min_life && too_short()) {
    return Error::failure("token_life_too_short",
                          cat("IMS issues tokens with a lifetime of ", token_->life.count() / 1000, " s to ",
                              client_of(*account_), ", but the call requires a token that is valid for another ",
                              caller.options.min_life->count() / 1000, " s."))
        .hint("Require a shorter remaining time.");
  }
  if (refusal_ && now < refusal_->until && !caller.options.fresh) {
    return remembered(*refusal_, now);
  }
  if (last_error_ && now < not_before_ && !(caller.options.fresh && refusal_)) {
    const auto wait_limit = caller.options.timeout.value_or(account_->policy.total_deadline);
    if (not_before_ - now > wait_limit) {
      return Error(*last_error_).retryable(duration_cast<milliseconds>(not_before_ - now));
    }
  }
  return std::nullopt;
}

/// Turns an exception into the waiter's error; otherwise it would wait for ever.
CredentialState::Decision CredentialState::decide_safely(const Caller& caller) noexcept {
  try {
    return decide(caller);
  } catch (...) {
    return {std::nullopt, current_error("token_failed", "The token could not be handed out")};
  }
}

CredentialState::Decision CredentialState::decide(const Caller& caller) {
  const auto now = context_->clock.monotonic_now();
  if (is_enough(caller, now)) {
    if (now >= token_->refresh_at && !flight_ && now >= not_before_ && !detached_) {
      static_cast<void>(start_flight({}, now));  // an error does not matter here, because there is a token
    }
    return {share(now), std::nullopt};
  }
  if (auto error = failure_for(caller, now)) return {std::nullopt, std::move(error)};
  if (detached_) {
    return {std::nullopt, engine_stopped()};
  }
  return flight_ ? Decision{} : start_flight(caller, now);
}

Token CredentialState::share(MonotonicTime now) {
  // If the engine's timer does not run, or cannot follow the engine's clock, each call must read the clock.
  if (detached_ || &context_->clock != &Clock::system() || context_->scheduler.manual()) return Token(token_);
  // A program that asks only once needs no timer thread. Its thread keeps the token only for a forked child.
  if (!std::exchange(shared_before_, true))
    return Token(keep_thread_token(number_, needs_clock(generation_.load(std::memory_order_relaxed)), token_));
  auto until = now < token_->refresh_at ? token_->refresh_at : token_->usable_until;
  if (now >= token_->refresh_at && !flight_) until = std::min(until, not_before_);
  if (until <= now || !watch(until)) return Token(token_);
  return Token(keep_thread_token(number_, generation_.load(std::memory_order_relaxed), token_));
}

bool CredentialState::watch(MonotonicTime until) {
  if (watched_ == until) return true;
  try {
    context_->scheduler.at(until, [weak = weak_from_this(), until] {
      const auto state = weak.lock();
      if (!state) return;
      const std::scoped_lock lock(state->mutex_);
      if (state->watched_ == until) state->watched_ = {};
      state->begin_generation();
    });
  } catch (...) {
    return false;
  }
  watched_ = until;
  return true;
}

Error CredentialState::timed_out(const Caller& caller) const {
  const auto waited = caller.options.timeout.value_or(account_->policy.total_deadline);
  return Error::failure("token_timeout", cat("No token for ", client_of(*account_), " within ", waited.count(), " ms."))
      .hint(cat("Try again, or allow more time (ADIT_TOKEN_TIMEOUT, in seconds). ",
                last_error_ ? cat("The last failure was: ", last_error_->message()) : std::string("IMS is slow.")))
      .retryable();
}

CredentialState::Decision CredentialState::start_flight(const Caller& caller, MonotonicTime now) noexcept {
  try {
    Flight::Goal goal;
    goal.fresh = caller.options.fresh;
    goal.min_life = caller.options.min_life;
    goal.current_token = token_;
    goal.refused = rejected_;
    goal.failures = failures_in_row_;
    goal.refusals = refusals_in_row_;
    ++flights_;
    flight_ = std::make_shared<Flight>(account_, context_, std::move(goal), now);
    // A caller that wants a fresh token may ask again after a refusal, but not before a failing server's wait has
    // ended.
    const auto begin = caller.options.fresh && refusal_ ? now : std::max(now, not_before_);
    const bool here = caller.steps && begin <= now;
    if (!here) context_->scheduler.at(begin, [state = shared_from_this()] { state->step(); });
    return {.token = std::nullopt, .error = std::nullopt, .step = here};
  } catch (...) {
    flight_.reset();
    return {.token = std::nullopt, .error = current_error("token_failed", "The token's exchange could not be started")};
  }
}

void CredentialState::step(bool by_caller) noexcept {
  std::shared_ptr<Flight> flight;
  {
    const Lock lock(mutex_);
    flight = flight_;
  }
  if (flight == nullptr) return;
  // No other step of this flight runs at the same time.
  std::optional<Flight::Outcome> outcome;
  if (by_caller) {
    const Scheduler::CallersTask task(context_->scheduler);
    if (!task.may_run()) return;  // the engine ends, and wakes the caller when it has
    outcome = flight->step(context_->store == nullptr);
  } else {
    outcome = flight->step();
  }
  Waiters decided;
  {
    const Lock lock(mutex_);
    if (flight_ != flight) return;  // the engine has ended
    if (go_on(*outcome, *flight)) return;
    flight_.reset();
    finish(*std::move(outcome), *flight);
    begin_generation();
    // Handlers run on the engine's threads, not on that of a caller of get(), who may hold a lock that they need.
    if (!by_caller || !decide_waiters_later()) decided = take_decided();
  }
  changed_.notify_all();
  call_handlers(std::move(decided));
}

/// Schedules the flight's next step, and returns true, if there is one. If scheduling fails, makes the outcome a
/// failure.
bool CredentialState::go_on(Flight::Outcome& outcome, const Flight& flight) noexcept {
  auto* again = std::get_if<Flight::Again>(&outcome);
  if (again == nullptr) return false;
  try {
    if (again->because) last_error_ = std::move(again->because);
    failures_in_row_ = flight.failures();
    context_->scheduler.at(again->at, [state = shared_from_this()] { state->step(); });
    return true;
  } catch (...) {
    outcome = Flight::Failed{current_error("token_failed", "The token's exchange could not go on"), MonotonicTime{}};
    return false;
  }
}

void CredentialState::finish(Flight::Outcome outcome, const Flight& flight) noexcept {
  try {
    apply(std::move(outcome), flight);
  } catch (...) {
    ++failures_;
    last_error_ = current_error("token_failed", "The token could not be kept");
    not_before_ = {};
  }
}

void CredentialState::apply(Flight::Outcome outcome, const Flight& flight) {
  if (auto* success = std::get_if<Flight::Success>(&outcome)) {
    const bool exchanged = success->token.origin == Origin::exchange;
    token_ = std::make_shared<const Issued>(std::move(success->token));
    token_flight_ = flights_;
    if (exchanged || flight.goal().fresh) fresh_flight_ = flights_;
    failures_in_row_ = refusals_in_row_ = 0;
    last_error_.reset();
    refusal_.reset();
    not_before_ = {};
  } else if (auto* refused = std::get_if<Flight::Refused>(&outcome)) {
    const bool asked = flight.asked();
    last_error_ = asked ? refused->refusal.error : remembered(refused->refusal, context_->clock.monotonic_now());
    ++failures_;
    refusals_in_row_ = refused->refusal.count;
    not_before_ = refused->refusal.until;
    refusal_ = std::move(refused->refusal);
  } else if (auto* failed = std::get_if<Flight::Failed>(&outcome)) {
    ++failures_;
    failures_in_row_ = flight.failures();
    last_error_ = std::move(failed->error);
    not_before_ = failed->not_before;
  }
}

CredentialState::Waiters CredentialState::take_decided() noexcept {
  Waiters decided;
  for (auto next = waiters_.begin(); next != waiters_.end();) {
    const auto waiter = next++;
    waiter->decision = decide_safely(waiter->caller);
    if (!waiter->decision.is_pending()) decided.splice(decided.end(), waiters_, waiter);
  }
  return decided;
}

/// Logs an exception that a handler throws, and calls the others.
void CredentialState::call_handlers(Waiters decided) noexcept {
  for (auto& waiter : decided) {
    try {
      waiter.handler(waiter.decision.error, std::move(waiter.decision.token));
    } catch (...) {
      try {
        log(LogLevel::error, current_error("handler_failed", "A handler of async_get() threw an exception").message());
      } catch (...) {  // NOLINT(bugprone-empty-catch): logging failed, too.
      }
    }
  }
}

void CredentialState::expire_waiters() noexcept {
  Waiters decided;
  {
    const Lock lock(mutex_);
    decided = take_decided();
    const auto now = context_->clock.monotonic_now();
    for (auto next = waiters_.begin(); next != waiters_.end();) {
      const auto waiter = next++;
      const bool is_stopped = waiter->caller.options.stop.stop_requested();
      if (now < waiter->deadline && !is_stopped) continue;
      try {
        waiter->decision.error = is_stopped ? cancelled(*account_) : timed_out(waiter->caller);
      } catch (...) {
        waiter->decision.error = out_of_memory();
      }
      decided.splice(decided.end(), waiters_, waiter);
    }
  }
  call_handlers(std::move(decided));
}

bool CredentialState::report_rejected(const Secret& token) {
  const Lock lock(mutex_);
  if (!token_ || !(token_->value == token)) return false;
  const auto now = context_->clock.monotonic_now();
  const auto age = now - (token_->expires_at_monotonic - token_->life);
  early_rejections_ = age < kEarlyRejectionAge ? early_rejections_ + 1 : 0;
  if (early_rejections_ > kEarlyRejectionsAllowed) {
    refusals_in_row_ = early_rejections_ - kEarlyRejectionsAllowed;
    auto error =
        Error::failure("token_refused", cat("The API refuses every new token of ", client_of(*account_), "."))
            .hint("Check that the token belongs to this API's environment (prod, stage), and x-api-key to the client.");
    const auto until = now + negative_period(account_->policy, refusals_in_row_);
    refusal_ = Refusal{std::move(error), refusals_in_row_, context_->clock.wall_now(), until};
    not_before_ = until;
  }
  rejected_ = std::exchange(token_, nullptr);
  begin_generation();
  return true;
}

void CredentialState::clear() {
  {
    const Lock lock(mutex_);
    token_.reset();
    refusal_.reset();
    last_error_.reset();
    not_before_ = {};
    failures_in_row_ = refusals_in_row_ = early_rejections_ = 0;
    begin_generation();
  }
  if (context_->store) context_->store->remove(account_->seal->name());
}

void CredentialState::revoke() {
  const auto known = status();
  const auto forget = [this, &known] {
    if (known.token) {
      const Lock lock(mutex_);
      Issued worthless;
      worthless.value = known.token->secret();
      rejected_ = std::make_shared<const Issued>(std::move(worthless));
    }
    clear();
  };
  if (!known.token) return forget();
  try {
    account_->issuer->revoke(account_->credentials, known.token->secret());
  } catch (...) {
    forget();
    throw;
  }
  forget();
}

TokenStatus CredentialState::status() {
  TokenStatus status;
  if (context_->store) {
    status.record = account_->seal->name();
    status.store = context_->store->describe();
  }
  const auto now = context_->now(*account_->issuer);
  {
    const Lock lock(mutex_);
    if (token_ && now.monotonic < token_->expires_at_monotonic) status.token.emplace(token_);
    if (refusal_ && now.monotonic < refusal_->until) {
      status.refusal = refusal_->error;
      status.refused_for = duration_cast<milliseconds>(refusal_->until - now.monotonic);
    }
  }
  if (status.token || !context_->store) return status;
  const auto record = context_->store->get(account_->seal->name());
  const auto plain = record ? account_->seal->open(record->sealed, record->fence) : std::nullopt;
  auto found = plain ? from_record(*plain, now, record->remaining) : std::nullopt;
  if (!found) return status;
  if (auto* token = std::get_if<Issued>(&*found)) {
    token->fence = record->fence;
    if (now.monotonic < token->expires_at_monotonic) {
      status.token.emplace(std::make_shared<const Issued>(std::move(*token)));
    }
  } else if (const auto& refusal = std::get<Refusal>(*found); now.monotonic < refusal.until) {
    status.refusal = refusal.error;
    status.refused_for = duration_cast<milliseconds>(refusal.until - now.monotonic);
  }
  return status;
}

void CredentialState::detach() noexcept {
  Waiters decided;
  {
    const Lock lock(mutex_);
    detached_ = true;
    flight_.reset();
    begin_generation();
    decided = take_decided();
  }
  changed_.notify_all();
  call_handlers(std::move(decided));
}

}  // namespace adit::token
