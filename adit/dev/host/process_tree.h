#pragma once

#include <string_view>
#include <vector>

#include <sys/types.h>

namespace adit::dev {

/// The processes that descend from `root`, as proc(5) tells of them now; without itself.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t root);

/// Stops the process and everything that descends from it, whatever group or session it has put itself into, so that
/// none can start another one meanwhile. Returns the descendants; SIGKILL ends stopped processes too.
std::vector<pid_t> freeze_tree(pid_t root);

/// Ends what actions of this process have started and left behind (a daemon; `spawn` with `detached` in Node.js): it
/// has come to us, as the nearest subreaper (PR_SET_CHILD_SUBREAPER), with the environment that every action has
/// (action_environment). What a build leaves running, a compiler's server, lives on. To be called when no action runs.
void kill_orphans_of_actions();

/// Calls it at its own end, after what was made later than it has ended.
class OrphansOfActions {
 public:
  OrphansOfActions() = default;
  ~OrphansOfActions() { kill_orphans_of_actions(); }
  OrphansOfActions(const OrphansOfActions&) = delete;
  OrphansOfActions& operator=(const OrphansOfActions&) = delete;
};

/// Ends every process that this `NAME=value` was given to at its start, as far as this user may see and end it.
void kill_all_with(std::string_view variable);

}  // namespace adit::dev
