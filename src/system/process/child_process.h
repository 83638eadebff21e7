#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

#include "system/process/spawn.h"

namespace adit {

/// How a process ended.
struct ExitStatus {
  int code = 0;
  /// The signal that ended the process, or 0.
  int signal = 0;

  /// "exit code 3", "signal 11 (SEGV, Segmentation fault)"
  [[nodiscard]] std::string to_string() const;
};

/// A running program in its own process group. The destructor kills and reaps the group and all descendants of the
/// program, which may be in other groups (Ninja starts each compiler in a new one). It does not find processes in other
/// groups that the program left behind when it ended; for these see process_tree.h. Not thread-safe.
class ChildProcess {
 public:
  /// Throws Error `start_failed` (configuration) with the system's reason: the program is missing, not executable, or
  /// built for another machine. `options` describe an owned child.
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The process id, which is also the group id.
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Returns `nullopt` while the process runs.
  [[nodiscard]] std::optional<ExitStatus> exit_status();
  /// Waits for the end of the process, at most for `limit`. Returns `nullopt` if it still runs.
  [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds limit);
  /// Sends SIGKILL to the whole group and all descendants, and waits for their end, at most a second.
  void kill_group() noexcept;

 private:
  pid_t pid_ = -1;
  std::optional<ExitStatus> status_;
};

}  // namespace adit
