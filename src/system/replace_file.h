#pragma once

#include <optional>
#include <span>
#include <string>

#include "adit/secret.h"

namespace adit {

/// A file that is to hold another text, which may have secrets in it.
struct FileChange {
  std::string path;
  /// What it held when it was read; nothing if there was no such file. Whoever changed it meanwhile wins.
  std::optional<WipedString> before;
  WipedString after;
  /// Permissions of a file that is new.
  unsigned new_mode = 0600;
};

/// Writes all of the files or none. Each is written beside its place, flushed to the disk and then renamed, so that a
/// reader sees the old text or the new one, and a full disk or a crash harms neither; where a rename fails, those
/// before it are taken back. Owner, group and mode stay; a symbolic link stays and its target changes, unless it leads
/// out of its project (resolve_for_writing). Throws Error: `link_leaves_project`, `file_unwritable` with the system's
/// reason, `file_changed` where a file is no longer what it was.
void replace_files(std::span<const FileChange> changes);
void replace_file(const FileChange& change);

/// The file's text, or nothing if there is none. Throws Error `file_unreadable`.
[[nodiscard]] std::optional<WipedString> read_file_if_there(const std::string& path);

}  // namespace adit
