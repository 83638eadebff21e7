#pragma once

#include <string>
#include <vector>

#include "app/check/check.h"

namespace adit::cli {

/// One file as the safe edits leave it.
struct FixedFile {
  /// Its own, not that of a link to it.
  std::string path;
  std::string before;
  std::string after;
  /// Mode 0600 is what changes, besides or instead of the text.
  bool owner_only = false;
};

/// What the findings' safe edits come to, file by file. Throws Error `file_unreadable` or `link_leaves_project`.
[[nodiscard]] std::vector<FixedFile> plan_fixes(const std::vector<app::Finding>& findings);

/// Writes all of them or none, as replace_files does; throws what that throws, and Error `fix_failed` for a mode.
void apply_fixes(const std::vector<FixedFile>& files);

}  // namespace adit::cli
