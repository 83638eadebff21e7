#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/descriptor.h"

namespace adit {

/// A pipe. Both ends are close-on-exec, and have high numbers that do not collide with a child's descriptors.
struct Pipe {
  Descriptor read;
  Descriptor write;

  /// Throws Error `pipe_failed`.
  static Pipe make();
};

void set_nonblocking(int fd);

/// Returns pointers into `texts`, followed by a null pointer, as exec(3) and posix_spawn(3) take them.
[[nodiscard]] std::vector<char*> argument_pointers(const std::vector<std::string>& texts);

/// A program to start.
struct ChildOptions {
  /// A path. PATH is not searched.
  std::string program;
  /// The arguments without the program's name.
  std::vector<std::string> arguments;
  /// The whole environment, as `NAME=value`. Nothing is inherited.
  std::vector<std::string> environment;
  /// The child's current folder. If empty, that of this process.
  std::string folder;
  /// {number in the child, descriptor of this process}. 0, 1 and 2 are /dev/null unless they are named.
  std::vector<std::pair<int, int>> descriptors;
};

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
/// groups that the program left behind when it ended; for these see process_tree.h. The kernel kills the child if this
/// process is killed, and also when the thread that started the child ends (PR_SET_PDEATHSIG). So start children from
/// threads that live long enough. Not thread-safe.
class ChildProcess {
 public:
  /// Throws Error `start_failed` (configuration) with the system's reason: the program is missing, not executable, or
  /// built for another machine.
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
