#pragma once

#include <sys/stat.h>
#include <unistd.h>

namespace adit::dev {

/// Returns true if this is the file to which this program's stdout or stderr goes. It may be in the project (`adit dev
/// --json >dev.json`), and is never a source.
inline bool is_own_output(const struct stat& file) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat output {};
    if (::fstat(descriptor, &output) == 0 && output.st_dev == file.st_dev && output.st_ino == file.st_ino) return true;
  }
  return false;
}

}  // namespace adit::dev
