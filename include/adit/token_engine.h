#pragma once

// Token sources with a store, clock, transport or issuer of your own, and counters and events of what they do. Most
// programs call adit::token_source() instead. Times are in milliseconds. Thread-safe.
//
//     adit::token::EngineOptions options;
//     options.store = adit::token::open_store("redis://127.0.0.1:6379/0");
//     adit::token::TokenEngine engine(std::move(options));
//     const auto credentials = adit::Credentials::from_env_file(".env");
//     auto source = engine.source(credentials, adit::token::ims_issuer(adit::ims::Ims::prod()));
//     const auto token = source.get();
//     const auto exchanges = engine.counters().exchanges;

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/token_source.h"
#include "adit/token_store.h"

#pragma GCC visibility push(default)

namespace adit::token {

/// Who issues tokens: one IMS, reached by one route. Whatever its functions throw becomes an Error of the callers who
/// wait.
struct Issuer {
  /// Tells it from all others; goes into the records' names.
  std::string id;
  /// One exchange, without retry, that ends within `at_most`, and soon after a stop is requested: the engine's end
  /// waits for it. Throws Error.
  std::function<ims::AccessToken(const Credentials&, std::chrono::milliseconds at_most, const std::stop_token& stop)>
      fetch;
  /// Makes a token worthless. Throws Error.
  std::function<void(const Credentials&, const Secret&)> revoke;
  /// How far its clock is ahead of ours; 0 where unknown. Empty: always 0.
  std::function<std::chrono::milliseconds()> skew;
};

class EngineProcesses;

/// Something that happened to the token of one credential, for metrics and logs. It never holds a secret. Valid during
/// the call.
struct TokenEvent {
  enum class Kind {
    /// IMS issued a token. `took` is the time of the exchange, `life_left` the token's life.
    exchanged,
    /// An exchange failed; `error` says why. The engine may try again.
    exchange_failed,
    /// A refresh ahead of expiry has begun; callers still get the token that is there, which lives for `life_left`.
    refresh_started,
    /// The store had a usable token, so that no exchange was needed.
    store_hit,
    /// The store failed, and is not used for now; `error` says why.
    store_failed,
    /// A caller of get() has waited for `took`, whatever came of it.
    waited,
  };
  Kind kind;
  std::string_view client_id;
  std::chrono::nanoseconds took{0};
  std::chrono::milliseconds life_left{0};
  const Error* error = nullptr;
};

/// Called at each event, on the thread where it happens, without any lock held. It must return soon, and be
/// thread-safe. What it throws is ignored.
using TokenObserver = std::function<void(const TokenEvent& event)>;

/// How many events of each kind there have been in this process.
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
  /// None: tokens are kept in this process alone.
  std::shared_ptr<TokenStore> store;
  /// Threads for exchanges and stores, and one more that watches the time. They are started when first needed: without
  /// a store, a call that waits for a token makes the exchange itself, and the first call needs nobody to watch the
  /// time. 0: none, everything runs in run_due() and in the calls that wait, for exact tests and simulations.
  int threads = 8;
  std::size_t max_credentials = 10'000;
  /// Numbers in [0, 1) for jitter; empty: random ones.
  std::function<double()> random;
  TokenObserver observer;
};

/// What token_source() is made of, for programs that want several, with stores, clocks or issuers of their own.
/// Thread-safe.
class TokenEngine {
 public:
  explicit TokenEngine(EngineOptions options = {});
  /// Ends exchanges in progress: those who wait for them get Error `engine_stopped`. Sources that live longer still
  /// return the token that is in memory, until it expires.
  ~TokenEngine();
  TokenEngine(const TokenEngine&) = delete;
  TokenEngine& operator=(const TokenEngine&) = delete;

  /// The same source for the same credentials and issuer, as long as it is among the `max_credentials` used last or
  /// anyone holds a handle to it; the policy is that of the first call.
  [[nodiscard]] TokenSource source(const Credentials& credentials, std::shared_ptr<const Issuer> issuer,
                                   const RefreshPolicy& policy = {});

  /// With no threads: runs what is due; says how many tasks that were, and when the next one is due.
  std::size_t run_due();
  [[nodiscard]] MonotonicTime next_due() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] TokenCounters counters() const;

 private:
  std::shared_ptr<EngineProcesses> processes_;
};

/// The issuer that is an IMS, through http::Client::shared() and ADIT_ENDPOINTS, or a transport and clock given.
[[nodiscard]] std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims);
[[nodiscard]] std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims, http::Transport& transport,
                                                       const Clock& clock = Clock::system(),
                                                       const std::string& route = {});

/// Observes the engine that token_source() uses. Call it before the first token_source(); later calls have no effect.
void set_token_observer(TokenObserver observer);
/// The counters of that engine.
[[nodiscard]] TokenCounters token_counters();

}  // namespace adit::token

#pragma GCC visibility pop
