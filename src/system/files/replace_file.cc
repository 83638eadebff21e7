#include "system/files/replace_file.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/resolve_for_writing.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

Error unwritable(const std::string& path, int reason) {
  if (reason == EINVAL)
    return Error::failure("file_unwritable", cat("Cannot write ", path, ": it is not a regular file."))
        .hint("Name a file; nothing was changed.");
  return Error::failure("file_unwritable", cat("Cannot write ", path, ": ", system_reason(reason), "."))
      .hint(reason == ENOSPC   ? "Make room on the disk; nothing was changed."
            : reason == EFBIG  ? "Nothing was changed. Raise the limit for the size of files (ulimit -f)."
            : reason == ENOENT ? "Create its folder first. Nothing was changed."
                               : "Check the permissions of the file and of its folder; nothing was changed.");
}

/// The new text of one file in a temporary file beside it. put() renames it; otherwise the destructor deletes it.
class Staged {
 public:
  explicit Staged(const FileChange& change) : path_(change.path), target_(resolve_for_writing(change.path)) {
    struct stat old {};
    exists_ = ::stat(target_.c_str(), &old) == 0;
    if (exists_ && !S_ISREG(old.st_mode)) throw unwritable(path_, EINVAL);
    if (exists_ && ::access(target_.c_str(), W_OK) != 0) throw unwritable(path_, errno);
    const auto folder = target_.parent_path();
    staged_ = (folder / cat('.', target_.filename().string(), ".XXXXXX")).string();
    const int file = ::mkostemp(staged_.data(), O_CLOEXEC);
    if (file < 0) {
      const int reason = errno;
      staged_.clear();
      throw unwritable(path_, reason);
    }
    const int reason = fill(file, change, exists_ ? &old : nullptr);
    if (::close(file) != 0 || reason != 0) {
      const int shown = reason != 0 ? reason : errno;
      discard();
      throw unwritable(path_, shown);
    }
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;
  Staged(Staged&& other) noexcept
      : path_(std::move(other.path_)),
        target_(std::move(other.target_)),
        staged_(std::exchange(other.staged_, {})),
        kept_(std::exchange(other.kept_, {})),
        exists_(other.exists_) {}
  Staged& operator=(Staged&&) = delete;
  ~Staged() { discard(); }

  void put() {
    if (exists_) keep_old();
    if (::rename(staged_.c_str(), target_.c_str()) != 0) throw unwritable(path_, errno);
    staged_.clear();
    flush_folder();
  }

  /// Restores the file as it was before put().
  void restore() noexcept {
    if (!exists_) {
      ::unlink(target_.c_str());
    } else if (!kept_.empty() && ::rename(kept_.c_str(), target_.c_str()) == 0) {
      kept_.clear();
    }
  }

 private:
  static int fill(int file, const FileChange& change, const struct stat* old) {
    if (!write_all(file, change.after)) return errno;
    if (old != nullptr && (old->st_uid != ::geteuid() || old->st_gid != ::getegid()) &&
        ::fchown(file, old->st_uid, old->st_gid) != 0) {
      return errno;
    }
    const auto mode = old == nullptr ? static_cast<mode_t>(change.new_mode) : old->st_mode & 07777U;
    if (::fchmod(file, mode) != 0 || ::fsync(file) != 0) return errno;
    return 0;
  }

  void keep_old() {
    kept_ = staged_ + ".old";
    if (::link(target_.c_str(), kept_.c_str()) == 0) return;
    // The file system may not support hard links.
    std::error_code error;
    if (!fs::copy_file(target_, kept_, error)) {
      kept_.clear();
      throw unwritable(path_, error.value());
    }
  }

  void flush_folder() const {
    const int descriptor = ::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
  }

  void discard() noexcept {
    if (!staged_.empty()) ::unlink(staged_.c_str());
    if (!kept_.empty()) ::unlink(kept_.c_str());
    staged_.clear();
    kept_.clear();
  }

  std::string path_;
  fs::path target_;
  std::string staged_;
  std::string kept_;
  bool exists_ = false;
};

}  // namespace

std::optional<WipedString> read_file_if_there(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  return read_file(path);
}

void replace_files(std::span<const FileChange> changes) {
  std::vector<Staged> staged;
  staged.reserve(changes.size());
  for (const auto& change : changes) staged.emplace_back(change);
  for (const auto& change : changes) {
    if (read_file_if_there(change.path) == change.before) continue;
    throw Error::failure("file_changed", cat(change.path, " was changed by someone else in the meantime."))
        .hint("Nothing was written; run the command again.");
  }
  std::size_t done = 0;
  try {
    for (; done < staged.size(); ++done) staged[done].put();
  } catch (...) {
    while (done > 0) staged[--done].restore();
    throw;
  }
}

void replace_file(const FileChange& change) { replace_files(std::span(&change, 1)); }

}  // namespace adit
