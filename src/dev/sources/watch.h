#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace adit::dev {

/// How a project's sources are right now: two numbers that differ where any file or folder was written, renamed over,
/// made or deleted. Looked at rather than told (inotify): a look finds every change however it was made, also on file
/// systems that tell nothing (networks, containers' mounts), and costs about a microsecond a file.
struct SourceState {
  std::uint64_t all = 0;
  /// Of what Node.js loads alone: .js, .cjs, .mjs, .json, .node.
  std::uint64_t scripts = 0;

  friend bool operator==(const SourceState&, const SourceState&) = default;

  /// Looks at these folders, without `node_modules`, `dist`, and what is hidden; symbolic links are not followed.
  static SourceState of(const std::vector<std::string>& folders);
};

}  // namespace adit::dev
