#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"

namespace adit::dev {

/// A file that an action's `include` copies into its package.
struct IncludedFile {
  /// The absolute path of the file.
  std::string source;
  /// The path in the package, with slashes: `text/x.txt`.
  std::string path;
};

/// Returns the files that `include: [[pattern, folder], …]` of an action copies, sorted by path, as Adobe's build does
/// (aio-lib-runtime, src/build-actions.js). Every matching file is copied into that folder of the package, or into its
/// root if no folder is given, without its own folders; later entries replace earlier ones. Patterns are those of
/// globby (glob.h). A folder that is named without a wildcard means all files in it. Throws Error `outside_project`
/// (configuration) if a file or folder leads out of the project or the package.
[[nodiscard]] std::vector<IncludedFile> included_files(const app::Project& project, const app::Action& action);

/// Returns the folder in which an action with `include` runs on this machine: dist/.include/PACKAGE/ACTION, which is
/// like its package on the platform. The folder is updated to contain exactly the included files and the action's code:
/// for a bundled action, the script `bundle` as index.cjs and its source map; if `function` is a folder of scripts, its
/// files. Empty for an action without `include`. Throws as included_files(), and `file_unwritable`.
[[nodiscard]] std::string stage_included(const app::Project& project, const app::Action& action,
                                         const std::string& bundle = {});

}  // namespace adit::dev
