#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"

namespace adit::dev {

/// A file that an action's `include` copies beside its code.
struct IncludedFile {
  /// Absolute.
  std::string source;
  /// In the package, with slashes: `text/x.txt`.
  std::string path;
};

/// What `include: [[pattern, folder], …]` of an action copies, as Adobe's build does (aio-lib-runtime,
/// src/build-actions.js): every file that matches, by its name alone, into that folder of the package, or into its root
/// if none is named; later entries replace earlier ones. Patterns are globby's (glob.h); a folder that is named without
/// a pattern stands for all that is in it. In order of path. Throws Error `outside_project` (configuration) for a file
/// or folder that leads out of the project or the package.
[[nodiscard]] std::vector<IncludedFile> included_files(const app::Project& project, const app::Action& action);

/// The folder in which an action with `include` runs on this machine, as in its package on the platform:
/// dist/.include/PACKAGE/ACTION, which then holds just these files and, if `function` is a folder of scripts, that
/// folder's; of a bundled action the script `bundle` as index.cjs, and its source map. Empty for an action without
/// `include`. Throws as included_files(), and `file_unwritable`.
[[nodiscard]] std::string stage_included(const app::Project& project, const app::Action& action,
                                         const std::string& bundle = {});

}  // namespace adit::dev
