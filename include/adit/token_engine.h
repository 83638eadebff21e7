#pragma once

// Makes token sources with your own store, clock, transport or issuer, and reports what they do as counters and events.
// Most programs call adit::token_source() instead. docs/inside.md explains how the engine works. Times are in
// milliseconds. Throws adit::Error (docs/errors.md). Thread-safe.
//
//     adit::token::EngineOptions options;
//     options.store = adit::token::open_store("redis://127.0.0.1:6379/0");
//     adit::token::TokenEngine engine(std::move(options));
//     const auto credentials = adit::Credentials::from_env_file(".env");
//     auto source = engine.source(credentials, adit::ims::ims_issuer(adit::ims::Ims::prod()));
//     const auto token = source.get();
//     const auto exchanges = engine.counters().exchanges;

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/ims.h"
#include "adit/token_source.h"
#include "adit/token_store.h"

#pragma GCC visibility push(default)

namespace adit::token {

class EngineProcesses;

/// An event of one credential's token, for metrics and logs. It contains no secret. Valid only during the call.
struct TokenEvent {
  enum class Kind {
    /// IMS issued a token. `took` is the time of the exchange, `life_left` the token's life.
    exchanged,
    /// An exchange failed; `error` says why. The engine may try again.
    exchange_failed,
    /// A refresh ahead of expiry has begun. Callers still get the present token, which lives for `life_left`.
    refresh_started,
    /// The store had a usable token: no exchange was needed.
    store_hit,
    /// The store failed, and is not used for a while; `error` says why.
    store_failed,
    /// A caller of get() has waited for `took`, and got a token or an error.
    waited,
  };
  Kind kind;
  std::string_view client_id;
  std::chrono::nanoseconds took{0};
  std::chrono::milliseconds life_left{0};
  const Error* error = nullptr;
};

/// Called for each event, on the thread where it happens, while no lock is held. It must be thread-safe and return
/// soon. Exceptions that it throws are ignored.
using TokenObserver = std::function<void(const TokenEvent& event)>;

/// The number of events of each kind in this process.
struct TokenCounters {
  std::uint64_t exchanges = 0;
  std::uint64_t exchange_failures = 0;
  std::uint64_t refreshes_ahead = 0;
  std::uint64_t store_hits = 0;
  std::uint64_t store_failures = 0;
  std::uint64_t waits = 0;
};

struct EngineOptions {
  const Clock* clock = &Clock::system();
  /// nullptr: tokens are kept only in this process.
  std::shared_ptr<TokenStore> store;
  /// The number of threads for exchanges and stores; one more thread runs timers. Threads start when they are first
  /// needed: a call that waits for a token, and that has neither a time-out nor a stop token, reads the store itself;
  /// without a store, it makes the exchange itself. 0: no threads, for exact tests and simulations; all work runs in
  /// run_due() and in the calls that wait.
  int threads = 8;
  std::size_t max_credentials = 10'000;
  /// Returns numbers in [0, 1) for jitter. Empty: random numbers.
  std::function<double()> random;
  TokenObserver observer;
};

/// Owns token sources. Most programs call adit::token_source(); construct an engine to supply your own store, clock or
/// issuer. Thread-safe.
class TokenEngine {
 public:
  explicit TokenEngine(EngineOptions options = {});
  /// Ends exchanges in progress; callers that wait for them get Error `engine_stopped`. Sources that outlive the engine
  /// still return the token in memory until it expires.
  ~TokenEngine();
  TokenEngine(const TokenEngine&) = delete;
  TokenEngine& operator=(const TokenEngine&) = delete;

  /// Returns the source for these credentials and this issuer. The engine keeps a source while a handle to it exists,
  /// and the `max_credentials` that were used last; calls with equal arguments share it, with the policy of the first
  /// call.
  [[nodiscard]] TokenSource source(const Credentials& credentials, std::shared_ptr<ims::Issuer> issuer,
                                   const RefreshPolicy& policy = {});

  /// For an engine without threads: runs the tasks that are due, and returns how many there were.
  std::size_t run_due();
  /// When the next task is due.
  [[nodiscard]] MonotonicTime next_due() const;
  /// The number of sources that the engine keeps.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] TokenCounters counters() const;

 private:
  std::shared_ptr<EngineProcesses> processes_;
};

/// Sets the observer of the engine that token_source() uses. Call it before the first token_source(); later calls have
/// no effect.
void set_token_observer(TokenObserver observer);
/// Returns the counters of the engine that token_source() uses.
[[nodiscard]] TokenCounters token_counters();

}  // namespace adit::token

#pragma GCC visibility pop
