#pragma once

#include <string>
#include <vector>

#include "app/check/check_report.h"
#include "app/project/project.h"

namespace adit::cli {

/// A file before and after the safe edits.
struct FixedFile {
  /// The path of the file itself, not of a link to it.
  std::string path;
  std::string before;
  std::string after;
  /// Set the mode to 0600, in addition to or instead of changing the text.
  bool owner_only = false;
};

/// Returns the changed files that result from the findings' safe edits. Throws Error `file_unreadable` or
/// `link_leaves_project`.
[[nodiscard]] std::vector<FixedFile> plan_fixes(const std::vector<app::Finding>& findings);

/// Tries each edit on a copy of the project's configuration, and removes from the findings the edits that would add an
/// error: an unknown key does no harm, but its value may be invalid for the key that was meant. Returns the findings
/// that lost their edit.
std::vector<app::Finding> drop_harmful_edits(const app::Project& project, std::vector<app::Finding>& findings);

/// Writes all of the files or none, as replace_files does. Throws what replace_files throws, and Error `fix_failed` if
/// a mode cannot be set.
void apply_fixes(const std::vector<FixedFile>& files);
/// Restores the former texts of the files, but not their modes.
void undo_fixes(const std::vector<FixedFile>& files);

}  // namespace adit::cli
