#pragma once

#include "adit/action.h"

#include "action/runners.h"

namespace adit {

/// The activations of a contract that has one at a time, each on a thread of Runners: past its deadline it goes on
/// alone there, and the next one runs. Used by one thread.
class OneAtATime {
 public:
  explicit OneAtATime(Handler handler) : handler_(std::move(handler)) {}

  /// What run_activation gives of this message, or, at its deadline, the error that says so.
  [[nodiscard]] json::value run(json::value message, ActivationEnvironment environment);

  /// Ends the process, its log written, where an activation past its deadline still runs: no thread can be ended from
  /// outside, and what `exit` destroys it may be using.
  void leave_the_overdue() const;

 private:
  Handler handler_;
  bool overdue_ = false;
  Runners runners_{{.concurrency = 1, .waiting = 1, .overdue = 16}};
};

}  // namespace adit
