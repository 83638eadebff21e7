#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "adit/base/clock.h"
#include "adit/token/flight.h"
#include "adit/token/token_source.h"
#include "adit/token/token_store.h"

#pragma GCC visibility push(default)

namespace adit::token {

struct EngineOptions {
  const Clock* clock = &Clock::system();
  /// None: tokens are kept in this process alone.
  std::shared_ptr<TokenStore> store;
  /// Threads for exchanges and stores, started when first needed; one more watches the time. 0: none, everything runs
  /// in run_due() and in the calls that wait, for exact tests and simulations.
  int threads = 8;
  std::size_t max_credentials = 10'000;
  /// Numbers in [0, 1) for jitter; empty: random ones.
  std::function<double()> random;
};

/// What token_source() is made of, for programs that want several, with stores, clocks or issuers of their own.
/// Thread-safe.
class TokenEngine {
 public:
  explicit TokenEngine(EngineOptions options = {});
  /// Waits for exchanges in progress. Sources that live longer still hand out what is in memory, until it ends.
  ~TokenEngine();
  TokenEngine(const TokenEngine&) = delete;
  TokenEngine& operator=(const TokenEngine&) = delete;

  /// The same source for the same credentials and issuer, as long as it is among the `max_credentials` used last or
  /// anyone holds a handle to it; the policy is that of the first call.
  [[nodiscard]] TokenSource source(const Credentials& credentials, std::shared_ptr<const Issuer> issuer,
                                   const RefreshPolicy& policy = {});

  /// With no threads: runs what is due; says how many tasks that were, and when the next one is due.
  std::size_t run_due() { return around_->scheduler.run_due(); }
  [[nodiscard]] MonotonicTime next_due() const { return around_->scheduler.next_due(); }
  [[nodiscard]] std::size_t size() const;

 private:
  class Table;
  std::shared_ptr<Surroundings> around_;
  std::unique_ptr<Table> table_;
};

/// The issuer that is an IMS, through http::Client::shared() and ADIT_ENDPOINTS, or a transport and clock given.
[[nodiscard]] std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims);
[[nodiscard]] std::shared_ptr<const Issuer> ims_issuer(const ims::Ims& ims, http::Transport& transport,
                                                       const Clock& clock = Clock::system(),
                                                       const std::string& route = {});

}  // namespace adit::token

#pragma GCC visibility pop
