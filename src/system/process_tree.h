#pragma once

#include <string_view>
#include <vector>

#include <sys/types.h>

namespace adit {

/// The processes that descend from `root`, as proc(5) tells of them now; without itself.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// Stops the process and everything that descends from it, whatever group or session it has put itself into, so that
/// none can start another one meanwhile. Returns the descendants; SIGKILL ends stopped processes too.
std::vector<pid_t> freeze_tree(pid_t root);

/// Ends the descendants of this process that were started with this `NAME=value` in their environment, and waits for
/// them, at most a second.
void kill_descendants_with(std::string_view variable);

/// Ends every process that this `NAME=value` was given to at its start, as far as this user may see and end it.
void kill_all_with(std::string_view variable);

}  // namespace adit
