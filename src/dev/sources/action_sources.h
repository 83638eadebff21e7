#pragma once

#include <string_view>

#include "app/project/project.h"
#include "dev/sources/watch.h"

namespace adit::dev {

/// Returns the files that a Node.js action is made of, as far as its source texts show: the function's file, or the
/// `main` of its folder; every file that one of these scripts names by a relative path (imports, and data such as
/// `config.json`); the package.json of the folders and of the project; and the files of `include`. If a script computes
/// the name of what it loads (`require(name)`), all scripts in its folder are added. At most 500 files of at most 2 MB
/// each.
[[nodiscard]] ActionSources script_sources(const app::Project& project, const app::Action& action);

/// Returns the files that a C++ action is built from: its folder, the files of its last successful build, the files of
/// the project that the compiler's output names, and the files of `include`. If the compiler did not find a file, all
/// C++ sources of the project are added, because the missing file may be created anywhere.
[[nodiscard]] ActionSources cpp_sources(const app::Project& project, const app::Action& action,
                                        const std::vector<std::string>& built_of, std::string_view compiler_output);

}  // namespace adit::dev
