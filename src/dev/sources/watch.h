#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adit::dev {

/// What an action is made of and reads.
struct ActionSources {
  /// With everything below them, without `node_modules`, `dist` and what is hidden; symbolic links are not followed.
  std::vector<std::string> folders;
  std::vector<std::string> files;
};

/// How sources are right now: a number that differs if any of them was written, renamed over, made or deleted, other
/// than by this program's own stdout and stderr. Looked at instead of reported (inotify): a look finds every change
/// however it was made, also on file systems that report nothing (networks, containers' mounts), and costs about a
/// microsecond a file.
[[nodiscard]] std::uint64_t state_of(const ActionSources& sources);

}  // namespace adit::dev
