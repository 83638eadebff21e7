#pragma once

#include <memory>
#include <string>

#include "adit/token_engine.h"

#include "system/process/per_process.h"
#include "token/engine/credential_table.h"
#include "token/engine/flight.h"

namespace adit::token {

/// An engine in all processes that use it: its options, and the parts that each forked child needs for itself (threads,
/// timers and the table of credentials). It exists as long as the engine or one of its sources.
class EngineProcesses {
 public:
  explicit EngineProcesses(EngineOptions options) : options_(std::move(options)) {}

  /// Returns the state of the credential with this key in this process. Calls `make(context)` if there is none.
  template <typename Make>
  std::shared_ptr<CredentialState> state(const std::string& key, Make&& make) {
    auto& here = this_process();
    auto state = here.table.find_or_make(key, [&] { return make(here.context); });
    if (stopped_) state->detach();
    return state;
  }
  [[nodiscard]] TokenCounters counters() { return this_process().context->counters(); }
  [[nodiscard]] std::size_t size() { return this_process().table.size(); }
  std::size_t run_due() { return this_process().context->scheduler.run_due(); }
  [[nodiscard]] MonotonicTime next_due() { return this_process().context->scheduler.next_due(); }
  /// Ends the exchanges that are running in this process, and waits for them.
  void stop();

 private:
  struct InProcess {
    explicit InProcess(const EngineOptions& options);
    std::shared_ptr<EngineContext> context;
    CredentialTable table;
  };

  InProcess& this_process();

  const EngineOptions options_;
  PerProcess<InProcess> in_process_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace adit::token
