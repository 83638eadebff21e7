#pragma once

#include <string_view>
#include <vector>

#include "adit/environment.h"

namespace adit {

/// Returns the numbers of the lines that dotenv ignores although they are neither blank nor comments. `text` is the
/// text from which `file` was parsed, with normalised line ends.
[[nodiscard]] std::vector<int> ignored_lines(const EnvFile& file, std::string_view text);

}  // namespace adit
