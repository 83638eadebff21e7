#include "system/files/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/descriptor.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/staged_file.h"

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

/// Returns the status of the file, or `nullopt` if it does not exist. Throws Error unless it may be written.
std::optional<struct stat> status_of(const std::string& path, const fs::path& target) {
  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) throw unwritable(path, EINVAL);
  if (::access(target.c_str(), W_OK) != 0) throw unwritable(path, errno);
  return status;
}

/// One of the changes: the new text beside the file, and after put() the old file, for restore().
class Replacement {
 public:
  explicit Replacement(const FileChange& change)
      : path_(change.path),
        target_(resolve_for_writing(change.path)),
        old_(status_of(path_, target_)),
        staged_(target_, S_IRUSR | S_IWUSR) {
    if (!staged_ || !fill(change) || !staged_.close()) throw unwritable(path_, errno);
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  Replacement(Replacement&& other) noexcept
      : path_(std::move(other.path_)),
        target_(std::move(other.target_)),
        old_(other.old_),
        staged_(std::move(other.staged_)),
        kept_(std::exchange(other.kept_, {})) {}
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement() {
    if (!kept_.empty()) ::unlink(kept_.c_str());
  }

  void put() {
    if (old_) keep_old();
    if (!staged_.put()) throw unwritable(path_, errno);
    flush_folder();
  }

  /// Restores the file as it was before put().
  void restore() noexcept {
    if (!old_) {
      ::unlink(target_.c_str());
    } else if (!kept_.empty() && ::rename(kept_.c_str(), target_.c_str()) == 0) {
      kept_.clear();
    }
  }

 private:
  /// Writes the text, with the owner, group and mode of the old file. Returns false, and sets errno, if that fails.
  bool fill(const FileChange& change) {
    const int file = staged_.descriptor();
    if (!write_all(file, change.after)) return false;
    const bool is_foreign = old_ && (old_->st_uid != ::geteuid() || old_->st_gid != ::getegid());
    if (is_foreign && ::fchown(file, old_->st_uid, old_->st_gid) != 0) return false;
    const auto mode = old_ ? old_->st_mode & 07777U : static_cast<mode_t>(change.new_mode);
    return ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
  }

  void keep_old() {
    kept_ = staged_.path() + ".old";
    if (::link(target_.c_str(), kept_.c_str()) == 0) return;
    // The file system may not support hard links.
    std::error_code error;
    if (!fs::copy_file(target_, kept_, error)) {
      kept_.clear();
      throw unwritable(path_, error.value());
    }
  }

  void flush_folder() const {
    const Descriptor folder(::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());
  }

  std::string path_;
  fs::path target_;
  std::optional<struct stat> old_;
  StagedFile staged_;
  std::string kept_;
};

}  // namespace

std::optional<WipedString> read_file_if_there(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  return read_file(path);
}

void replace_files(std::span<const FileChange> changes) {
  std::vector<Replacement> replacements;
  replacements.reserve(changes.size());
  for (const auto& change : changes) replacements.emplace_back(change);
  for (const auto& change : changes) {
    if (read_file_if_there(change.path) == change.before) continue;
    throw Error::failure("file_changed", cat(change.path, " was changed by someone else in the meantime."))
        .hint("Nothing was written; run the command again.");
  }
  std::size_t done = 0;
  try {
    for (; done < replacements.size(); ++done) replacements[done].put();
  } catch (...) {
    while (done > 0) replacements[--done].restore();
    throw;
  }
}

void replace_file(const FileChange& change) { replace_files(std::span(&change, 1)); }

}  // namespace adit
