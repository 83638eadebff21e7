#include "system/files/staged_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random_bytes.h"
#include "base/text/text.h"
#include "base/write_all.h"

namespace adit {

StagedFile::StagedFile(const std::filesystem::path& path, mode_t mode) : path_(path.string()) {
  const auto name = cat('.', path.filename().string(), '.', random_hex(6));
  auto staged = (path.parent_path() / name).string();
  file_ = Descriptor(::open(staged.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file_) staged_ = std::move(staged);
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)), staged_(std::exchange(other.staged_, {})), file_(std::move(other.file_)) {}

StagedFile::~StagedFile() {
  if (!staged_.empty()) ::unlink(staged_.c_str());
}

bool StagedFile::close() { return !file_ || ::close(file_.release()) == 0; }

bool StagedFile::put() {
  struct stat old {};
  const bool replaceable = ::lstat(path_.c_str(), &old) != 0 || S_ISREG(old.st_mode) || S_ISLNK(old.st_mode);
  if (!replaceable) {  // otherwise root would replace /dev/null
    errno = S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
    return false;
  }
  if (!close() || ::rename(staged_.c_str(), path_.c_str()) != 0) return false;
  staged_.clear();
  return true;
}

bool StagedFile::put_if_absent() { return close() && ::link(staged_.c_str(), path_.c_str()) == 0; }

int write_whole_file(const std::string& path, std::string_view text, mode_t mode) {
  StagedFile staged(path, mode);
  const bool done = staged && ::fchmod(staged.descriptor(), mode) == 0 && write_all(staged.descriptor(), text) &&
                    ::fsync(staged.descriptor()) == 0 && staged.put();
  return done ? 0 : errno;
}

}  // namespace adit
