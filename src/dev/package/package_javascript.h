#pragma once

#include <string>
#include <vector>

#include "app/project/project.h"
#include "dev/package/packaged_file.h"

namespace adit::dev {

/// Returns the files of a Node.js action's package, sorted by path. Its index.js is the bundle `script` (bundle.h). If
/// that is empty, the package contains the function's folder as it is, or its file if it is a single one that loads
/// only modules of Node.js. The files of `include` replace files with the same name, as in Adobe's build. Throws Error
/// (configuration) `bundler_missing` if the file would have to be bundled, `outside_project`, `too_many_files`,
/// `file_unreadable`.
[[nodiscard]] std::vector<PackagedFile> javascript_files(const app::Project& project, const app::Action& action,
                                                         const std::string& script);

}  // namespace adit::dev
