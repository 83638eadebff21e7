#include "token/engine/credential_state.h"

#include <algorithm>

#include <unistd.h>

#include "adit/log.h"

#include "base/current_error.h"
#include "base/text.h"
#include "token/engine/thread_leases.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// A token refused younger than this was refused on arrival, and IMS issues no other kind within this time.
constexpr std::chrono::minutes kYoung{1};
/// So many in a row may be a coincidence of revocations; more is an API that takes none.
constexpr int kRefusedYoungAllowed = 2;
constexpr milliseconds kForever = std::chrono::hours(24 * 365 * 10);

std::string client_of(const Account& account) { return cat("client ", account.credentials.client_id()); }

}  // namespace

CredentialState::CredentialState(std::shared_ptr<const Account> account, std::shared_ptr<Surroundings> around)
    : account_(std::move(account)), around_(std::move(around)) {
  static std::atomic<std::uint64_t> numbers{0};
  number = ++numbers;
  epoch = &around_->epoch;
  change();
}

std::uint64_t CredentialState::next_number() { return next_generation(); }

/// A forked child has the token and what is remembered, but none of the threads that watch the time, fetch, and tell
/// those who wait.
CredentialState::Lock CredentialState::hold() {
  after_fork_.once([this] {
    make_anew(mutex_);
    make_anew(landed_);
    make_anew(flight_);
    make_anew(waiters_);
    watched_ = {};
    if (!changing_) return;
    make_anew(token_);
    make_anew(refused_);
    make_anew(last_error_);
    make_anew(refusal_);
    changing_ = false;
  });
  return Lock(mutex_);
}

Token CredentialState::get(const TokenWish& wish) {
  // Waiting is by the real clock whatever the engine's is: a wait must end although an injected clock stands still.
  auto lock = hold();
  const auto caller = enter(wish);
  const auto give_up = std::chrono::steady_clock::now() + patience(caller.wish);
  while (true) {
    auto verdict = judge(caller);
    if (verdict.token) return *std::move(verdict.token);
    if (verdict.error) throw *std::move(verdict.error);
    if (around_->scheduler.manual()) {
      lock.unlock();
      const auto ran = around_->scheduler.run_due();
      lock.lock();
      if (ran == 0) throw timed_out(caller);
    } else if (landed_.wait_until(lock, give_up) == std::cv_status::timeout) {
      verdict = judge(caller);
      if (verdict.token) return *std::move(verdict.token);
      throw verdict.error ? *std::move(verdict.error) : timed_out(caller);
    }
  }
}

std::optional<Token> CredentialState::cached() {
  const auto lock = hold();
  const auto now = around_->clock.monotonic_now();
  if (!token_ || now >= token_->usable_until) return std::nullopt;
  return share(now);
}

void CredentialState::async_get(TokenSource::Handler handler, const TokenWish& wish) {
  Waiters made;
  try {
    made.emplace_back();
  } catch (const std::bad_alloc&) {
    return handler(out_of_memory(), std::nullopt);
  }
  auto& waiter = made.front();
  waiter.handler = std::move(handler);
  try {
    const auto lock = hold();
    waiter.caller = enter(wish);
    waiter.verdict = judge(waiter.caller);
    if (waiter.verdict.undecided()) {
      waiter.deadline = around_->clock.monotonic_now() + patience(waiter.caller.wish);
      around_->scheduler.at(waiter.deadline, [weak = weak_from_this()] {
        if (const auto state = weak.lock()) state->expire_waiters();
      });
      waiters_.splice(waiters_.end(), made);
      return;
    }
  } catch (...) {
    waiter.verdict = {std::nullopt, current_error("token_failed", "No token could be asked for")};
  }
  waiter.handler(waiter.verdict.error, std::move(waiter.verdict.token));
}

CredentialState::Caller CredentialState::enter(const TokenWish& wish) {
  used.store(epoch->load(std::memory_order_relaxed), std::memory_order_relaxed);
  Caller caller{wish, flights_, failures_};
  // As good as for ever, and far from overflow in nanoseconds.
  for (auto* time : {&caller.wish.min_life, &caller.wish.timeout}) {
    if (*time) *time = std::clamp(**time, milliseconds(0), kForever);
  }
  return caller;
}

milliseconds CredentialState::patience(const TokenWish& wish) const {
  return wish.timeout.value_or(account_->policy.total_deadline + std::chrono::seconds(1));
}

bool CredentialState::fulfils(const Caller& caller, MonotonicTime now) const {
  if (!token_ || now >= token_->expires_at_monotonic) return false;
  if (caller.wish.fresh && fresh_flight_ <= caller.flights) return false;
  if (caller.wish.min_life) return token_->expires_at_monotonic - now >= *caller.wish.min_life;
  return now < token_->usable_until;
}

std::optional<Error> CredentialState::failure_for(const Caller& caller, MonotonicTime now) const {
  if (failures_ > caller.failures) return last_error_;
  // A token came for this caller, or just before, and it is too short for the wish: the next one would be no longer.
  const auto too_short = [&] {
    if (token_flight_ > caller.flights) return token_->origin == Origin::exchange;
    const auto age = now - (token_->expires_at_monotonic - token_->life);
    return !caller.wish.fresh && token_->life < *caller.wish.min_life && age < kYoung;
  };
  if (token_ && caller.wish.min_life && too_short()) {
    return Error::failure("token_life_too_short",
                          cat("IMS issues tokens to ", client_of(*account_), " that live ", token_->life.count() / 1000,
                              " s, and one with ", caller.wish.min_life->count() / 1000, " s left was asked for."))
        .hint("Ask for less remaining life.");
  }
  if (refusal_ && now < refusal_->until && !caller.wish.fresh) {
    return remembered(*refusal_, now);
  }
  if (last_error_ && now < not_before_ && !(caller.wish.fresh && refusal_)) {
    const auto patience = caller.wish.timeout.value_or(account_->policy.total_deadline);
    if (not_before_ - now > patience) {
      return Error(*last_error_).retryable(duration_cast<milliseconds>(not_before_ - now));
    }
  }
  return std::nullopt;
}

/// For those who wait: an exception is their answer, or they would wait for ever.
CredentialState::Verdict CredentialState::judge_safely(const Caller& caller) noexcept {
  try {
    return judge(caller);
  } catch (...) {
    return {std::nullopt, current_error("token_failed", "The token could not be handed out")};
  }
}

CredentialState::Verdict CredentialState::judge(const Caller& caller) {
  const auto now = around_->clock.monotonic_now();
  if (fulfils(caller, now)) {
    if (now >= token_->refresh_at && !flight_ && now >= not_before_ && !detached_) {
      static_cast<void>(start_flight({}, now));  // what keeps it from starting affects nobody while there is a token
    }
    return {share(now), std::nullopt};
  }
  if (auto error = failure_for(caller, now)) return {std::nullopt, std::move(error)};
  if (detached_) {
    return {std::nullopt, Error::failure("engine_stopped", "The token engine has ended; it fetches no more tokens.")
                              .hint("Keep the TokenEngine as long as its sources are used.")};
  }
  if (!flight_) return {std::nullopt, start_flight(caller, now)};
  return {};
}

Token CredentialState::share(MonotonicTime now) {
  // Without the engine's timer, or with a clock that it cannot watch to the instant, every call has to look.
  if (detached_ || &around_->clock != &Clock::system() || around_->scheduler.manual()) return Token(*new Lease(token_));
  auto until = now < token_->refresh_at ? token_->refresh_at : token_->usable_until;
  if (now >= token_->refresh_at && !flight_) until = std::min(until, not_before_);
  if (until <= now || !watch(until)) return Token(*new Lease(token_));
  return Token(keep_lease(number, generation.load(std::memory_order_relaxed), token_));
}

bool CredentialState::watch(MonotonicTime until) {
  if (watched_ == until) return true;
  try {
    around_->scheduler.at(until, [weak = weak_from_this(), until] {
      const auto state = weak.lock();
      if (!state) return;
      const auto lock = state->hold();
      if (state->watched_ == until) state->watched_ = {};
      state->change();
    });
  } catch (...) {
    return false;
  }
  watched_ = until;
  return true;
}

Error CredentialState::timed_out(const Caller& caller) const {
  const auto waited = caller.wish.timeout.value_or(account_->policy.total_deadline);
  return Error::failure("token_timeout", cat("No token for ", client_of(*account_), " within ", waited.count(), " ms."))
      .hint(last_error_ ? cat("Last failure: ", last_error_->message())
                        : std::string("IMS is slow; try again, or allow more time (ADIT_TOKEN_TIMEOUT, in seconds)."))
      .retryable();
}

std::optional<Error> CredentialState::start_flight(const Caller& caller, MonotonicTime now) noexcept {
  try {
    Flight::Goal goal;
    goal.fresh = caller.wish.fresh;
    goal.min_life = caller.wish.min_life;
    goal.in_hand = token_;
    goal.refused = refused_;
    goal.failures = failures_in_row_;
    goal.refusals = refusals_in_row_;
    ++flights_;
    flight_ = std::make_unique<Flight>(account_, around_, std::move(goal), now);
    // A refusal may be put to the test again at any time; a server that has no time for us has said when it will have.
    const auto begin = caller.wish.fresh && refusal_ ? now : std::max(now, not_before_);
    around_->scheduler.at(begin, [state = shared_from_this()] { state->step(); });
    return std::nullopt;
  } catch (...) {
    flight_.reset();
    return current_error("token_failed", "The token's exchange could not be started");
  }
}

void CredentialState::step() noexcept {
  Flight* flight = nullptr;
  {
    const auto lock = hold();
    flight = flight_.get();
  }
  if (flight == nullptr) return;
  // Only this task touches the flight until it lands.
  auto outcome = flight->step();
  Waiters decided;
  {
    const auto lock = hold();
    if (go_on(outcome, *flight)) return;
    const auto landed = std::move(flight_);
    land(std::move(outcome), *landed);
    change();
    decided = decide_waiters();
  }
  landed_.notify_all();
  tell(std::move(decided));
}

/// True where the flight has another step to come; where that cannot be arranged, the outcome becomes a failure.
bool CredentialState::go_on(Flight::Outcome& outcome, const Flight& flight) noexcept {
  auto* again = std::get_if<Flight::Again>(&outcome);
  if (again == nullptr) return false;
  try {
    if (again->because) last_error_ = std::move(again->because);
    failures_in_row_ = flight.failures();
    around_->scheduler.at(again->at, [state = shared_from_this()] { state->step(); });
    return true;
  } catch (...) {
    outcome = Flight::Failed{current_error("token_failed", "The token's exchange could not go on"), MonotonicTime{}};
    return false;
  }
}

void CredentialState::land(Flight::Outcome outcome, const Flight& flight) noexcept {
  const Change mark(changing_);
  try {
    take_in(std::move(outcome), flight);
  } catch (...) {
    ++failures_;
    last_error_ = current_error("token_failed", "The token could not be kept");
    not_before_ = {};
  }
}

void CredentialState::take_in(Flight::Outcome outcome, const Flight& flight) {
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
    last_error_ = asked ? refused->refusal.error : remembered(refused->refusal, around_->clock.monotonic_now());
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

CredentialState::Waiters CredentialState::decide_waiters() noexcept {
  Waiters decided;
  for (auto next = waiters_.begin(); next != waiters_.end();) {
    const auto waiter = next++;
    waiter->verdict = judge_safely(waiter->caller);
    if (!waiter->verdict.undecided()) decided.splice(decided.end(), waiters_, waiter);
  }
  return decided;
}

/// A handler must not throw; one that does harms no other.
void CredentialState::tell(Waiters decided) noexcept {
  for (auto& waiter : decided) {
    try {
      waiter.handler(waiter.verdict.error, std::move(waiter.verdict.token));
    } catch (...) {
      try {
        log(LogLevel::error, current_error("handler_failed", "A handler of async_get() threw an exception").message());
      } catch (...) {  // NOLINT(bugprone-empty-catch): nobody is left to be told.
      }
    }
  }
}

void CredentialState::expire_waiters() noexcept {
  Waiters decided;
  {
    const auto lock = hold();
    decided = decide_waiters();
    const auto now = around_->clock.monotonic_now();
    for (auto next = waiters_.begin(); next != waiters_.end();) {
      const auto waiter = next++;
      if (now < waiter->deadline) continue;
      try {
        waiter->verdict.error = timed_out(waiter->caller);
      } catch (...) {
        waiter->verdict.error = out_of_memory();
      }
      decided.splice(decided.end(), waiters_, waiter);
    }
  }
  tell(std::move(decided));
}

bool CredentialState::refused(const Secret& token) {
  const auto lock = hold();
  if (!token_ || !(token_->value == token)) return false;
  const auto now = around_->clock.monotonic_now();
  const auto age = now - (token_->expires_at_monotonic - token_->life);
  refused_young_ = age < kYoung ? refused_young_ + 1 : 0;
  if (refused_young_ > kRefusedYoungAllowed) {
    refusals_in_row_ = refused_young_ - kRefusedYoungAllowed;
    auto error =
        Error::failure("token_refused", cat("The API refuses every new token of ", client_of(*account_), "."))
            .hint("Does the token belong to this API's environment (prod, stage), and x-api-key to the client?");
    const auto until = now + negative_period(account_->policy, refusals_in_row_);
    refusal_ = Refusal{std::move(error), refusals_in_row_, around_->clock.wall_now(), until};
    not_before_ = until;
  }
  const Change mark(changing_);
  refused_ = std::exchange(token_, nullptr);
  change();
  return true;
}

void CredentialState::clear() {
  {
    const auto lock = hold();
    const Change mark(changing_);
    token_.reset();
    refusal_.reset();
    last_error_.reset();
    not_before_ = {};
    failures_in_row_ = refusals_in_row_ = refused_young_ = 0;
    change();
  }
  if (around_->store) around_->store->remove(account_->seal->name());
}

void CredentialState::revoke() {
  const auto known = status();
  const auto forget = [this, &known] {
    if (known.token) {
      const auto lock = hold();
      Issued worthless;
      worthless.value = known.token->secret();
      refused_ = std::make_shared<const Issued>(std::move(worthless));
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
  if (around_->store) {
    status.record = account_->seal->name();
    status.store = around_->store->describe();
  }
  const auto now = around_->now(*account_->issuer);
  {
    const auto lock = hold();
    if (token_ && now.monotonic < token_->expires_at_monotonic) status.token.emplace(*new Lease(token_));
    if (refusal_ && now.monotonic < refusal_->until) {
      status.refusal = refusal_->error;
      status.refused_for = duration_cast<milliseconds>(refusal_->until - now.monotonic);
    }
  }
  if (status.token || !around_->store) return status;
  const auto record = around_->store->get(account_->seal->name());
  const auto plain = record ? account_->seal->open(record->sealed, record->fence) : std::nullopt;
  auto found = plain ? from_record(*plain, now, record->remaining) : std::nullopt;
  if (!found) return status;
  if (auto* token = std::get_if<Issued>(&*found)) {
    token->fence = record->fence;
    if (now.monotonic < token->expires_at_monotonic) {
      status.token.emplace(*new Lease(std::make_shared<const Issued>(std::move(*token))));
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
    const auto lock = hold();
    detached_ = true;
    flight_.reset();
    change();
    decided = decide_waiters();
  }
  landed_.notify_all();
  tell(std::move(decided));
}

}  // namespace adit::token
