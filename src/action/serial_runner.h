#pragma once

#include "adit/action.h"

#include "action/runners.h"

namespace adit {

/// Runs activations one after the other, each on a thread of Runners: for contracts without concurrency. An activation
/// past its deadline continues on its thread, and the next one can run. One thread may use it.
class SerialRunner {
 public:
  explicit SerialRunner(Handler handler) : handler_(std::move(handler)) {}

  /// Returns the result of run_activation() for this message, or an error if its deadline passes.
  [[nodiscard]] json::value run(json::value message, ActivationEnvironment environment);

  /// Flushes the log and ends the process with `_exit` if an activation past its deadline still runs. A thread cannot
  /// be ended from outside, and this one may be using objects that `exit` would destroy.
  void exit_if_overdue() const;

 private:
  Handler handler_;
  bool overdue_ = false;
  Runners runners_{{.concurrency = 1, .waiting = 1, .overdue = 16}};
};

}  // namespace adit
