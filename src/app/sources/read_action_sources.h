#pragma once

#include <string>

#include "app/project/project.h"
#include "app/sources/source_reading.h"

namespace adit::app {

/// Reads the action's function and the files that it imports by relative path (JavaScript, TypeScript), or the C++
/// sources of its folder. Skips files that cannot be read, and files that are not below `root` after symbolic links are
/// resolved. Limits: 500 files of at most 2 MB, 16 MB in all, and the first 1,000 imports of each file.
[[nodiscard]] SourceReading read_action_sources(const Action& action, const std::string& root);

}  // namespace adit::app
