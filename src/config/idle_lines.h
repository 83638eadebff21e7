#pragma once

#include <string_view>
#include <vector>

#include "adit/environment.h"

namespace adit {

/// The numbers of the lines that are neither part of an entry, nor a comment, nor blank: dotenv makes nothing of them.
/// `text` is what the file was parsed from, its line ends normalised.
[[nodiscard]] std::vector<int> idle_lines(const EnvFile& file, std::string_view text);

}  // namespace adit
