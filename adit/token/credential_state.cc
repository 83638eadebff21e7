#include "adit/token/credential_state.h"

#include <algorithm>

#include <unistd.h>

#include "adit/base/text.h"
#include "adit/token/thread_leases.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// A token refused younger than this was refused on arrival.
constexpr std::chrono::minutes kYoung{1};
/// So many in a row may be a coincidence of revocations; more is an API that takes none.
constexpr int kRefusedYoungAllowed = 2;

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

bool CredentialState::in_flight() const { return flight_ && flight_process_ == getpid(); }

Token CredentialState::get(const TokenWish& wish) {
  // Waiting is by the real clock whatever the engine's is: a wait must end although an injected clock stands still.
  const auto timeout = wish.timeout.value_or(account_->policy.total_deadline + std::chrono::seconds(1));
  const auto give_up = std::chrono::steady_clock::now() + timeout;
  Lock lock(mutex_);
  used.store(epoch->load(std::memory_order_relaxed), std::memory_order_relaxed);
  const auto caller = enter(wish);
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
  const Lock lock(mutex_);
  const auto now = around_->clock.monotonic_now();
  if (!token_ || now >= token_->usable_until) return std::nullopt;
  return share(now);
}

void CredentialState::async_get(TokenSource::Handler handler, const TokenWish& wish) {
  Verdict verdict;
  {
    const Lock lock(mutex_);
    used.store(epoch->load(std::memory_order_relaxed), std::memory_order_relaxed);
    const auto caller = enter(wish);
    verdict = judge(caller);
    if (verdict.undecided()) {
      const auto deadline = around_->clock.monotonic_now() +
                            wish.timeout.value_or(account_->policy.total_deadline + std::chrono::seconds(1));
      waiters_.push_back({caller, deadline, std::move(handler)});
      around_->scheduler.at(deadline, [weak = weak_from_this()] {
        if (const auto state = weak.lock()) state->expire_waiters();
      });
      return;
    }
  }
  handler(verdict.error, std::move(verdict.token));
}

CredentialState::Caller CredentialState::enter(const TokenWish& wish) const { return {wish, flights_, failures_}; }

bool CredentialState::fulfils(const Caller& caller, MonotonicTime now) const {
  if (!token_ || now >= token_->expires_at_monotonic) return false;
  if (caller.wish.fresh && fresh_flight_ <= caller.flights) return false;
  if (caller.wish.min_life) return token_->expires_at_monotonic - now >= *caller.wish.min_life;
  return now < token_->usable_until;
}

std::optional<Error> CredentialState::failure_for(const Caller& caller, MonotonicTime now) const {
  if (failures_ > caller.failures) return last_error_;
  // A token came for this caller, and it is too short for the wish: the next one would be no longer.
  if (token_ && token_->origin == Origin::exchange && token_flight_ > caller.flights && caller.wish.min_life) {
    return Error::failure("token_life_too_short",
                          cat("IMS issues tokens to ", client_of(*account_), " that live ", token_->life.count() / 1000,
                              " s, and one with ", caller.wish.min_life->count() / 1000, " s left was asked for."))
        .hint("Ask for less remaining life.");
  }
  if (refusal_ && now < refusal_->until && !caller.wish.fresh) {
    return remembered(*refusal_, now);
  }
  if (last_error_ && now < not_before_ && !caller.wish.fresh) {
    const auto patience = caller.wish.timeout.value_or(account_->policy.total_deadline);
    if (not_before_ - now > patience) {
      return Error(*last_error_).retryable(duration_cast<milliseconds>(not_before_ - now));
    }
  }
  return std::nullopt;
}

CredentialState::Verdict CredentialState::judge(const Caller& caller) {
  const auto now = around_->clock.monotonic_now();
  if (fulfils(caller, now)) {
    if (now >= token_->refresh_at && !in_flight() && now >= not_before_ && !detached_) start_flight({}, now);
    return {share(now), std::nullopt};
  }
  if (auto error = failure_for(caller, now)) return {std::nullopt, std::move(error)};
  if (detached_) {
    return {std::nullopt, Error::failure("engine_stopped", "The token engine has ended; it fetches no more tokens.")
                              .hint("Keep the TokenEngine as long as its sources are used.")};
  }
  if (!in_flight()) start_flight(caller, now);
  return {};
}

Token CredentialState::share(MonotonicTime now) {
  // Without the engine's timer, or with a clock that it cannot watch to the instant, every call has to look.
  if (detached_ || &around_->clock != &Clock::system() || around_->scheduler.manual()) return Token(*new Lease(token_));
  auto until = now < token_->refresh_at ? token_->refresh_at : token_->usable_until;
  if (now >= token_->refresh_at && !in_flight()) until = std::min(until, not_before_);
  if (until <= now) return Token(*new Lease(token_));
  watch(until);
  return Token(keep_lease(number, generation.load(std::memory_order_relaxed), token_));
}

void CredentialState::watch(MonotonicTime until) {
  if (watched_ == until) return;
  watched_ = until;
  around_->scheduler.at(until, [weak = weak_from_this(), until] {
    const auto state = weak.lock();
    if (!state) return;
    const Lock lock(state->mutex_);
    if (state->watched_ == until) state->watched_ = {};
    state->change();
  });
}

Error CredentialState::timed_out(const Caller& caller) const {
  const auto waited = caller.wish.timeout.value_or(account_->policy.total_deadline);
  return Error::failure("token_timeout", cat("No token for ", client_of(*account_), " within ", waited.count(), " ms."))
      .hint(last_error_ ? cat("Last failure: ", last_error_->message())
                        : std::string("IMS is slow; try again, or allow more time (ADIT_TOKEN_TIMEOUT, in seconds)."))
      .retryable();
}

void CredentialState::start_flight(const Caller& caller, MonotonicTime now) {
  Flight::Goal goal;
  goal.fresh = caller.wish.fresh;
  goal.min_life = caller.wish.min_life;
  goal.in_hand = token_;
  goal.refused = refused_;
  goal.failures = failures_in_row_;
  goal.refusals = refusals_in_row_;
  ++flights_;
  flight_ = std::make_unique<Flight>(account_, around_, std::move(goal), now);
  flight_process_ = getpid();
  const auto begin = caller.wish.fresh ? now : std::max(now, not_before_);
  around_->scheduler.at(begin, [state = shared_from_this()] { state->step(); });
}

void CredentialState::step() {
  Flight* flight = nullptr;
  {
    const Lock lock(mutex_);
    flight = flight_.get();
  }
  if (flight == nullptr) return;
  // Only this task touches the flight until it lands.
  auto outcome = flight->step();
  if (auto* again = std::get_if<Flight::Again>(&outcome)) {
    const Lock lock(mutex_);
    if (again->because) last_error_ = std::move(again->because);
    failures_in_row_ = flight->failures();
    around_->scheduler.at(again->at, [state = shared_from_this()] { state->step(); });
    return;
  }
  Verdicts verdicts;
  {
    const Lock lock(mutex_);
    const auto landed = std::move(flight_);
    land(std::move(outcome), *landed);
    change();
    verdicts = decide_waiters();
  }
  landed_.notify_all();
  for (auto& [handler, verdict] : verdicts) handler(verdict.error, std::move(verdict.token));
}

void CredentialState::land(Flight::Outcome outcome, const Flight& flight) {
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
    ++failures_;
    refusals_in_row_ = refused->refusal.count;
    const bool asked = flight.asked();
    last_error_ = asked ? refused->refusal.error : remembered(refused->refusal, around_->clock.monotonic_now());
    not_before_ = refused->refusal.until;
    refusal_ = std::move(refused->refusal);
  } else if (auto* failed = std::get_if<Flight::Failed>(&outcome)) {
    ++failures_;
    failures_in_row_ = flight.failures();
    last_error_ = std::move(failed->error);
    not_before_ = failed->not_before;
  }
}

CredentialState::Verdicts CredentialState::decide_waiters() {
  Verdicts verdicts;
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    auto verdict = judge(waiter->caller);
    if (verdict.undecided()) {
      ++waiter;
      continue;
    }
    verdicts.emplace_back(std::move(waiter->handler), std::move(verdict));
    waiter = waiters_.erase(waiter);
  }
  return verdicts;
}

void CredentialState::expire_waiters() {
  Verdicts verdicts;
  {
    const Lock lock(mutex_);
    const auto now = around_->clock.monotonic_now();
    verdicts = decide_waiters();
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      if (now < waiter->deadline) {
        ++waiter;
        continue;
      }
      verdicts.emplace_back(std::move(waiter->handler), Verdict{std::nullopt, timed_out(waiter->caller)});
      waiter = waiters_.erase(waiter);
    }
  }
  for (auto& [handler, verdict] : verdicts) handler(verdict.error, std::move(verdict.token));
}

bool CredentialState::refused(const Secret& token) {
  const Lock lock(mutex_);
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
  refused_ = std::exchange(token_, nullptr);
  change();
  return true;
}

void CredentialState::clear() {
  {
    const Lock lock(mutex_);
    token_.reset();
    refusal_.reset();
    last_error_.reset();
    not_before_ = {};
    failures_in_row_ = refusals_in_row_ = refused_young_ = 0;
    change();
  }
  if (around_->store) around_->store->remove(account_->seal.name());
}

void CredentialState::revoke() {
  const auto known = status();
  const auto forget = [this, &known] {
    if (known.token) {
      const Lock lock(mutex_);
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
  status.record = account_->seal.name();
  if (around_->store) status.store = around_->store->describe();
  const auto now = around_->now(*account_->issuer);
  {
    const Lock lock(mutex_);
    if (token_ && now.monotonic < token_->expires_at_monotonic) status.token.emplace(*new Lease(token_));
    if (refusal_ && now.monotonic < refusal_->until) {
      status.refusal = refusal_->error;
      status.refused_for = duration_cast<milliseconds>(refusal_->until - now.monotonic);
    }
  }
  if (status.token || !around_->store) return status;
  const auto record = around_->store->get(account_->seal.name());
  const auto plain = record ? account_->seal.open(record->sealed, record->fence) : std::nullopt;
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

void CredentialState::detach() {
  Verdicts verdicts;
  {
    const Lock lock(mutex_);
    detached_ = true;
    flight_.reset();
    change();
    verdicts = decide_waiters();
  }
  landed_.notify_all();
  for (auto& [handler, verdict] : verdicts) handler(verdict.error, std::move(verdict.token));
}

}  // namespace adit::token
