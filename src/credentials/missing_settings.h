#pragma once

#include <span>
#include <string>

namespace adit {

/// Lists the settings that are absent, and those that are set to an empty value, for a message: "A, B, and C, which is
/// set, but empty".
[[nodiscard]] std::string list_missing(std::span<const std::string> absent, std::span<const std::string> empty);

}  // namespace adit
