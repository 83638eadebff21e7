#pragma once

#include <string_view>
#include <vector>

#include <sys/types.h>

namespace adit {

/// Returns the descendants of `root`, without `root`, as /proc lists them now.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// Stops the process and all its descendants in any group or session, so that none can start another process. Returns
/// the descendants. SIGKILL also ends stopped processes.
std::vector<pid_t> freeze_tree(pid_t root);

/// Kills the descendants of this process that were started with this `NAME=value` in their environment, and waits for
/// their end, at most a second.
void kill_descendants_with(std::string_view variable);

/// Kills every process that was started with this `NAME=value` in its environment, if this user may see and kill it.
void kill_all_with(std::string_view variable);

}  // namespace adit
