#pragma once

#include <string>

#include "adit/error.h"

namespace adit {

/// Opens a file to read it and returns its descriptor, which the caller closes. Never waits: every file of a project
/// is opened here, and somebody else may have put a pipe or a device in its place. Throws unreadable_file() for
/// anything but a regular file, and for a path that may_be_a_pipe() also a pipe or device.
[[nodiscard]] int open_file(const std::string& path);

/// Whether pipes and devices may be read and written at this path: names below /dev and /proc/self/fd, for a shell's
/// `<(…)` and /dev/stdin are such. No file of a project has such a name.
[[nodiscard]] bool may_be_a_pipe(const std::string& path);

/// Error `file_unreadable` (configuration) that names the file and says why; `reason` is an errno.
[[nodiscard]] Error unreadable_file(const std::string& path, int reason);

}  // namespace adit
