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

/// Takes from the findings the edits that would add an error to the project's configuration, each tried on a copy of
/// it: a key that means nothing does no harm, yet its value may be wrong for the key that was meant. Returns the
/// findings that lost theirs.
std::vector<app::Finding> drop_harmful_edits(const app::Project& project, std::vector<app::Finding>& findings);

/// Writes all of them or none, as replace_files does; throws what that throws, and Error `fix_failed` for a mode.
void apply_fixes(const std::vector<FixedFile>& files);
/// Gives the files their text from before; a mode stays as it is.
void undo_fixes(const std::vector<FixedFile>& files);

}  // namespace adit::cli
