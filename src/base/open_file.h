#pragma once

#include <string>

#include "adit/error.h"

#include "base/descriptor.h"

namespace adit {

/// Opens a file for reading. Throws an Error `file_unreadable` (configuration) for anything except a regular file. A
/// pipe or device is accepted only if `may_be_a_pipe(path)`. Never blocks: all files of a project are opened here, and
/// another user may have replaced one by a pipe or a device.
[[nodiscard]] Descriptor open_file(const std::string& path);

/// Whether a pipe or device may be read or written at this path: a path below /dev or /proc/self/fd, such as a shell's
/// `<(…)` or /dev/stdin. No file of a project has such a path.
[[nodiscard]] bool may_be_a_pipe(const std::string& path);

/// Returns Error `file_unreadable` (configuration), which names the file and the reason, an errno.
[[nodiscard]] Error unreadable_file(const std::string& path, int reason);

}  // namespace adit
