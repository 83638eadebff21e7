#include "base/open_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/system_reason.h"
#include "base/text/text.h"

namespace adit {
namespace {

Error not_regular_file(const std::string& path, mode_t mode) {
  return Error::configuration("file_unreadable", cat("Cannot read ", path, ": it is a ",
                                                     S_ISFIFO(mode) ? "pipe" : "device", ", not a regular file."))
      .hint("Put a regular file there. On the command line, <(cat FILE) passes a pipe's content.");
}

}  // namespace

Descriptor open_file(const std::string& path) {
  // Without O_NONBLOCK, opening a pipe waits until a program opens it for writing.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) throw unreadable_file(path, errno);
  struct stat status {};
  const int trouble = ::fstat(file.get(), &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  const bool is_regular = trouble == 0 && S_ISREG(status.st_mode);
  if (is_regular) return file;
  if (trouble == 0 && may_be_a_pipe(path)) {
    ::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) & ~O_NONBLOCK);
    return file;
  }
  if (trouble != 0) throw unreadable_file(path, trouble);
  throw not_regular_file(path, status.st_mode);
}

bool may_be_a_pipe(const std::string& path) { return path.starts_with("/dev/") || path.starts_with("/proc/self/fd/"); }

Error unreadable_file(const std::string& path, int reason) {
  const auto* hint = reason == ENOENT   ? "Check the file's name and folder."
                     : reason == EISDIR ? "Name a file in it."
                     : reason == EACCES ? "You have no permission to read it. ls -l shows its permissions."
                                        : "";
  return Error::configuration("file_unreadable", cat("Cannot read ", path.empty() ? "a file with an empty name" : path,
                                                     ": ", system_reason(reason), "."))
      .hint(hint);
}

}  // namespace adit
