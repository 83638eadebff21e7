#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/ims.h"
#include "adit/token_engine.h"
#include "adit/token_source.h"
#include "adit/token_store.h"

#include "token/engine/issued.h"
#include "token/engine/refresh_policy.h"
#include "token/engine/scheduler.h"
#include "token/store/sealed_record.h"
#include "token/store/stored_token.h"

namespace adit::token {

/// What all credentials of an engine share.
struct EngineContext {
  EngineContext(const Clock& its_clock, int threads) : clock(its_clock), scheduler(its_clock, threads) {}

  /// Counts the event, logs it at debug level and calls the observer.
  void report(const TokenEvent& event) noexcept;
  [[nodiscard]] TokenCounters counters() const;
  /// Says once that the store fails, and once that it works again.
  void store_failed(const Error& error) noexcept;
  void store_works() noexcept;
  [[nodiscard]] ClockReading now(const Issuer& issuer) const;

  const Clock& clock;
  /// None: tokens are kept in this process alone.
  std::shared_ptr<TokenStore> store;
  /// In [0, 1); thread-safe.
  std::function<double()> random;
  Scheduler scheduler;
  /// Requested when the engine ends.
  std::stop_source stop;
  TokenObserver observer;
  /// By TokenEvent::Kind.
  std::array<std::atomic<std::uint64_t>, 6> counts{};
  std::atomic<bool> store_down{false};
  /// Moves whenever a credential is added; who was used since tells the least recently used (CredentialTable).
  std::atomic<std::uint32_t> epoch{1};
};

[[nodiscard]] Error engine_stopped();

/// What a credential is, for flights and for good.
struct Account {
  Credentials credentials;
  RefreshPolicy policy;
  std::shared_ptr<const Issuer> issuer;
  /// None where there is no store: its key takes as long to derive as a token takes to sign.
  std::optional<RecordSeal> seal;
};

/// One run of attempts to get a token: look into the store, take the lock, ask IMS, put the token into the store; with
/// retries, until the policy's total deadline. One flight at a time for a credential, one step at a time; a step blocks
/// for one round trip at most.
///
/// A store that fails is done without for the rest of the flight. So is one that keeps the lock from us: another's lock
/// is waited for until it ends by the store's own word, which a living holder extends, and for three quarters of the
/// flight's time at most, so that there is time left for an exchange.
class Flight {
 public:
  struct Goal {
    /// Take no token that was there before.
    bool fresh = false;
    /// Asked for by the caller; otherwise the policy's rule.
    std::optional<std::chrono::milliseconds> min_life;
    /// The token in hand: its record is not news, and only one that lives longer is better.
    std::shared_ptr<const Issued> in_hand;
    /// A token that an API refused is no use, wherever it is found.
    std::shared_ptr<const Issued> refused;
    /// How often IMS failed, or refused, in a row before this flight.
    int failures = 0;
    int refusals = 0;
  };

  struct Success {
    Issued token;
  };
  /// IMS said no; asking again the same way is no use before `refusal.until`.
  struct Refused {
    Refusal refusal;
  };
  struct Failed {
    Error error;
    MonotonicTime not_before;
  };
  /// The flight goes on at `at`; `because` is the failure that it recovers from, where there was one.
  struct Again {
    MonotonicTime at;
    std::optional<Error> because;
  };
  using Outcome = std::variant<Again, Success, Refused, Failed>;

  Flight(std::shared_ptr<const Account> account, std::shared_ptr<EngineContext> context, Goal goal,
         MonotonicTime start);

  /// Whatever the store and the issuer throw is an Outcome.
  [[nodiscard]] Outcome step() noexcept;
  [[nodiscard]] const Goal& goal() const { return goal_; }
  [[nodiscard]] int failures() const { return goal_.failures; }
  /// Whether IMS itself was asked.
  [[nodiscard]] bool asked() const { return asked_; }

 private:
  void report_refresh() noexcept;
  [[nodiscard]] std::optional<Outcome> look();
  [[nodiscard]] std::optional<Outcome> examine(const StoreRecord& record);
  [[nodiscard]] Outcome exchange();
  [[nodiscard]] Outcome failed(Error error);
  [[nodiscard]] Outcome refused(Error error);
  void publish(Issued& token);
  [[nodiscard]] bool garbled(const Error& error);
  template <typename Work>
  void with_store(Work&& work);
  void do_without_store(const Error& error) noexcept;
  void release_lock() noexcept;
  [[nodiscard]] std::optional<Outcome> wait_for_lock(const Claim& claim);
  [[nodiscard]] std::shared_ptr<void> keep_lock();

  std::shared_ptr<const Account> account_;
  std::shared_ptr<EngineContext> context_;
  Goal goal_;
  const MonotonicTime deadline_;
  /// Another's lock is waited for until the earlier of these: the time there is for it, and its own end.
  const MonotonicTime lock_deadline_;
  MonotonicTime lock_end_;
  bool begun_ = false;
  bool storeless_ = false;
  bool first_look_ = true;
  bool usable_record_ = false;
  bool asked_ = false;
  int garbled_ = 0;
  std::uint64_t seen_ = 0;
  std::uint64_t fence_ = 0;
  int looks_ = 0;
};

/// Sets refresh_at and usable_until by the policy.
void plan(Issued& token, const RefreshPolicy& policy, double unit);

}  // namespace adit::token
