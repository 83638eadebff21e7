#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adit::dev {

/// The files that an action is made from and reads.
struct ActionSources {
  /// Folders with everything below them, except `node_modules`, `dist` and hidden files. Symbolic links are not
  /// followed.
  std::vector<std::string> folders;
  std::vector<std::string> files;
};

/// Returns a number for the current state of the sources. It differs if one of them was written, replaced, created or
/// deleted, except by this program's own stdout and stderr. Polling is used instead of inotify: it finds every change,
/// also on file systems that report none (network file systems, mounts in containers), and costs about a microsecond
/// per file.
[[nodiscard]] std::uint64_t state_of(const ActionSources& sources);

}  // namespace adit::dev
