#pragma once

#include <string_view>
#include <vector>

namespace adit {

/// Returns the numbers of the lines that dotenv ignores although they are neither blank nor comments. `text` is the
/// text of a `.env` file. The lines of a wrapped private key are not ignored (EnvFile).
[[nodiscard]] std::vector<int> ignored_lines(std::string_view text);

}  // namespace adit
