#pragma once

#include <string_view>

#include "app/project/project.h"
#include "dev/sources/watch.h"

namespace adit::dev {

/// What a Node.js action reads, as its texts tell: the function's file or its folder's `main`, every file that a script
/// among them names by relative path (imports, and data such as `config.json`), the folders' and the project's
/// package.json, and what `include` copies. If a script computes what it loads (`require(name)`), all scripts in its
/// folder. Bounded: 500 files of at most 2 MB.
[[nodiscard]] ActionSources script_sources(const app::Project& project, const app::Action& action);

/// What a C++ action is built of: its folder, the files of its last good build, those of the project that the
/// compiler's words name, and what `include` copies. If the compiler misses a file, every C++ source of the project:
/// the file may come anywhere.
[[nodiscard]] ActionSources cpp_sources(const app::Project& project, const app::Action& action,
                                        const std::vector<std::string>& built_of, std::string_view compiler_words);

}  // namespace adit::dev
