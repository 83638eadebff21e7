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

#include "system/scheduler.h"
#include "token/engine/issued.h"
#include "token/engine/refresh_policy.h"
#include "token/store/sealed_record.h"
#include "token/store/stored_token.h"

namespace adit::token {

/// The parts of an engine that all of its credentials share.
struct EngineContext {
  EngineContext(const Clock& its_clock, int threads) : clock(its_clock), scheduler(its_clock, threads) {}

  /// Counts the event, logs it at debug level and calls the observer.
  void report(const TokenEvent& event) noexcept;
  [[nodiscard]] TokenCounters counters() const;
  /// Logs once that the store fails, and once that it works again.
  void store_failed(const Error& error) noexcept;
  void store_works() noexcept;
  [[nodiscard]] ClockReading now(const ims::Issuer& issuer) const;

  const Clock& clock;
  /// nullptr: tokens are kept only in this process.
  std::shared_ptr<TokenStore> store;
  /// Returns numbers in [0, 1); thread-safe.
  std::function<double()> random;
  Scheduler scheduler;
  /// A stop is requested when the engine ends.
  std::stop_source stop;
  TokenObserver observer;
  /// Indexed by TokenEvent::Kind.
  std::array<std::atomic<std::uint64_t>, 6> counts{};
  std::atomic<bool> store_down{false};
  /// Increases at each lookup of a credential; finds the least recently used ones (CredentialTable).
  std::atomic<std::uint32_t> epoch{1};
};

[[nodiscard]] Error engine_stopped();

/// The immutable parts of a credential: what identifies it, its policy and its issuer.
struct Account {
  Credentials credentials;
  RefreshPolicy policy;
  std::shared_ptr<ims::Issuer> issuer;
  /// Only with a store, because deriving its key takes as long as signing a token.
  std::optional<RecordSeal> seal;
};

/// One series of attempts to get a token: looks into the store, takes the record's lock, asks IMS, and puts the token
/// into the store; with retries, until the policy's total deadline. A credential has one flight at a time, and a flight
/// runs one step at a time. A step blocks for one round trip to the store or IMS at most.
///
/// If the store fails, the rest of the flight does not use it. If another process has the lock, the flight waits until
/// the lock expires, which the holder extends as long as it lives; but at most for three quarters of its time, so that
/// there is time left for an exchange. After that, the flight continues without the store.
class Flight {
 public:
  struct Goal {
    /// Get a new token, none that the store already has.
    bool fresh = false;
    /// The caller's minimum; without it, that of the policy.
    std::optional<std::chrono::milliseconds> min_life;
    /// The token that this process has. A token from the store is used only if it lives longer.
    std::shared_ptr<const Issued> current_token;
    /// A token that an API rejected. It is not used, even if the store has it.
    std::shared_ptr<const Issued> refused;
    /// How often in a row the exchange failed, or IMS refused it, before this flight.
    int failures = 0;
    int refusals = 0;
  };

  struct Success {
    Issued token;
  };
  /// IMS refused the exchange. The same request is not sent again before `refusal.until`.
  struct Refused {
    Refusal refusal;
  };
  struct Failed {
    Error error;
    MonotonicTime not_before;
  };
  /// The flight continues at `at`. `because` is the error that caused the retry, if any.
  struct Again {
    MonotonicTime at;
    std::optional<Error> because;
  };
  using Outcome = std::variant<Again, Success, Refused, Failed>;

  Flight(std::shared_ptr<const Account> account, std::shared_ptr<EngineContext> context, Goal goal,
         MonotonicTime start);

  /// Exceptions of the store and the issuer become an Outcome. If `may_exchange` is false, stops before the exchange
  /// and returns Again with the present time.
  [[nodiscard]] Outcome step(bool may_exchange = true) noexcept;
  [[nodiscard]] const Goal& goal() const { return goal_; }
  [[nodiscard]] int failures() const { return goal_.failures; }
  /// Whether the flight has asked IMS.
  [[nodiscard]] bool asked() const { return asked_; }

 private:
  void report_refresh() noexcept;
  [[nodiscard]] std::optional<Outcome> look();
  [[nodiscard]] std::optional<Outcome> examine(const StoreRecord& record);
  [[nodiscard]] Outcome exchange();
  [[nodiscard]] Outcome failed(Error error);
  [[nodiscard]] Outcome refused(Error error);
  void publish(Issued& token);
  [[nodiscard]] bool is_malformed_response(const Error& error);
  template <typename Work>
  void with_store(Work&& work);
  void do_without_store(const Error& error) noexcept;
  void release_lock() noexcept;
  [[nodiscard]] std::optional<Outcome> wait_for_lock(const RecordOrLock& found);
  [[nodiscard]] std::shared_ptr<void> keep_lock();

  std::shared_ptr<const Account> account_;
  std::shared_ptr<EngineContext> context_;
  Goal goal_;
  const MonotonicTime deadline_;
  /// How long the flight waits for another process's lock: until the earlier of its own deadline for that, and the end
  /// of the lock.
  const MonotonicTime lock_deadline_;
  MonotonicTime lock_end_;
  bool begun_ = false;
  bool store_disabled_ = false;
  bool first_look_ = true;
  /// The last step ended between the look into the store and the exchange.
  bool looked_ = false;
  bool usable_record_ = false;
  bool asked_ = false;
  int malformed_responses_ = 0;
  std::uint64_t seen_ = 0;
  std::uint64_t fence_ = 0;
  int looks_ = 0;
};

/// Sets the token's refresh_at and usable_until by the policy. `unit` is a random number in [0, 1).
void plan(Issued& token, const RefreshPolicy& policy, double unit);

}  // namespace adit::token
