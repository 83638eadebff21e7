#pragma once

#include <optional>
#include <span>
#include <string>

#include "adit/secret.h"

namespace adit {

/// A file and its new text, which may contain secrets.
struct FileChange {
  std::string path;
  /// The text when the file was read, or `nullopt` if it did not exist. If another program has changed the file since
  /// then, it is not written.
  std::optional<WipedString> before;
  WipedString after;
  /// The mode of a new file.
  unsigned new_mode = 0600;
};

/// Writes all of the files or none. Writes each new text into a temporary file beside the file, flushes it to the disk,
/// and then renames it. So a reader sees either the old text or the new one, and a full disk or a crash damages
/// neither. If a rename fails, the files before it are restored. Keeps owner, group and mode. Keeps a symbolic link and
/// changes its target, unless the link leads out of its project (resolve_for_writing.h). Throws Error:
/// `link_leaves_project`, `file_unwritable` with the system's reason, `file_changed` if another program has changed a
/// file.
void replace_files(std::span<const FileChange> changes);
void replace_file(const FileChange& change);

/// Returns the file's text, or `nullopt` if the file does not exist. Throws Error `file_unreadable`.
[[nodiscard]] std::optional<WipedString> read_file_if_there(const std::string& path);

}  // namespace adit
