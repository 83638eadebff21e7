#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace adit {

/// What a child shares with the process that starts it.
enum class ChildKind {
  /// In its own process group; gets only the descriptors that are named. The kernel kills the child if this process is
  /// killed, and also when the thread that started the child ends (PR_SET_PDEATHSIG). So start such children from
  /// threads that live long enough.
  owned,
  /// As a command that a shell starts: in this process's group, so that a terminal's Ctrl-C reaches it, and with all
  /// descriptors that are not close-on-exec. Signals that this process ignores stay ignored, except SIGPIPE and
  /// SIGXFSZ, and blocked signals stay blocked.
  foreground,
  /// In its own session, so that a terminal's Ctrl-C does not reach it; gets only the descriptors that are named. May
  /// live longer than this process.
  detached,
};

/// A program to start.
struct ChildOptions {
  /// A path. PATH is not searched (find_program.h).
  std::string program;
  /// The arguments without the program's name.
  std::vector<std::string> arguments;
  /// The whole environment, as `NAME=value`. Nothing is inherited.
  std::vector<std::string> environment;
  /// The child's current folder. If empty, that of this process.
  std::string folder;
  /// {number in the child, descriptor of this process}. 0, 1 and 2 are /dev/null unless they are named.
  std::vector<std::pair<int, int>> descriptors;
  ChildKind kind = ChildKind::owned;
  /// What the program sees as its name (`argv[0]`). If empty, `program`.
  std::string name = {};
  /// Signals that a foreground child ignores although this process does not.
  std::vector<int> ignored_signals = {};
};

/// Either a process, which the caller must wait for, or the reason why there is none.
struct Spawned {
  pid_t pid = -1;
  /// An errno, or 0.
  int error = 0;
};

/// Starts the program, and returns after its exec(3) has succeeded or failed. Throws Error `pipe_failed`.
[[nodiscard]] Spawned spawn(const ChildOptions& options);

/// Returns the environment of this process as `NAME=value`.
[[nodiscard]] std::vector<std::string> own_environment();

}  // namespace adit
