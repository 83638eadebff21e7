#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "system/descriptor.h"

namespace adit {

/// Both ends close on exec, and their numbers are high enough to be out of the way of a child's own.
struct Pipe {
  Descriptor read;
  Descriptor write;

  /// Throws Error `pipe_failed`.
  static Pipe make();
};

void set_nonblocking(int fd);

/// The texts as exec(3) and posix_spawn(3) take them, a null pointer behind them. They point into `texts`.
[[nodiscard]] std::vector<char*> argument_pointers(const std::vector<std::string>& texts);

/// A program to start.
struct ChildOptions {
  /// A path; not looked up in PATH.
  std::string program;
  /// Without the program's own name.
  std::vector<std::string> arguments;
  /// `NAME=value`; nothing else is inherited.
  std::vector<std::string> environment;
  /// The current folder; empty: ours.
  std::string folder;
  /// {number in the child, our descriptor}. 0, 1 and 2 are /dev/null if they are not named.
  std::vector<std::pair<int, int>> descriptors;
};

/// How a process ended.
struct ExitStatus {
  int code = 0;
  /// 0 where it was not a signal.
  int signal = 0;

  /// "exit code 3", "signal 11 (SEGV, Segmentation fault)"
  [[nodiscard]] std::string to_string() const;
};

/// A running program in a process group of its own. Nothing outlives this object: its end kills the group and what
/// descends from the program (Ninja gives each compiler a group of its own), and reaps it. What the program left to
/// itself before its own end, in another group, is found later (process_tree.h). If our process is killed, or the
/// thread that started the child ends, the kernel kills the child (PR_SET_PDEATHSIG): start children from threads that
/// live as long as they should. Not thread-safe.
class ChildProcess {
 public:
  /// Throws Error `start_failed` (configuration) with the system's reason: the program is missing, is not executable,
  /// is for another machine.
  explicit ChildProcess(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Process id, and group id.
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Nothing while it runs.
  [[nodiscard]] std::optional<ExitStatus> exit_status();
  /// Waits so long at most; nothing if it still runs.
  [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds limit);
  /// SIGKILL to the whole group and all descendants, and waits until its processes are gone (within a second).
  void kill_group() noexcept;
  /// Bytes of memory in use (the resident set of the first process); 0 where unknown.
  [[nodiscard]] std::size_t resident_bytes() const;

 private:
  pid_t pid_ = -1;
  std::optional<ExitStatus> status_;
};

}  // namespace adit
