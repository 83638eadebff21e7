#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/descriptor.h"

namespace adit {

/// The new content of a file, in a temporary file beside it. Only the complete content gets the file's name: a reader
/// sees the old file or the new one, and a full disk or a crash damages neither.
///
///     StagedFile staged(path, 0600);
///     if (!staged || !write_all(staged.descriptor(), text) || !staged.put()) // errno says why; `path` is unchanged
///
/// Does not follow a symbolic link at `path`, but replaces it; resolve_for_writing() finds the file that a link means.
class StagedFile {
 public:
  /// Creates `.NAME.DIGITS` in the folder of `path` with this mode, less the umask. If that fails, the object is false
  /// and errno is set. Throws Error `no_randomness`.
  StagedFile(const std::filesystem::path& path, mode_t mode);
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  /// Deletes the temporary file, unless put() has renamed it.
  ~StagedFile();

  explicit operator bool() const { return !staged_.empty(); }
  [[nodiscard]] int descriptor() const { return file_.get(); }
  /// The path of the temporary file.
  [[nodiscard]] const std::string& path() const { return staged_; }

  /// Closes the descriptor. Returns false, and sets errno, if the content could not be written. put() calls it.
  [[nodiscard]] bool close();
  /// Gives the temporary file the name of the file. Returns false, and sets errno, if that fails: EISDIR for a folder,
  /// EINVAL for a device, pipe or socket, none of which is replaced.
  [[nodiscard]] bool put();
  /// As put(), but never replaces a file: fails with EEXIST if there is one.
  [[nodiscard]] bool put_if_absent();

 private:
  std::string path_;
  std::string staged_;
  Descriptor file_;
};

/// Writes a whole file as above, with exactly this mode, and flushes it to the disk. Returns 0, or errno if `path` is
/// unchanged.
[[nodiscard]] int write_whole_file(const std::string& path, std::string_view text, mode_t mode);

}  // namespace adit
