#pragma once

#include <span>
#include <string>

namespace adit {

/// Lists the settings that are absent, and those that are set to an empty value, as the end of a message: "Not set: A,
/// B. Empty: C."
[[nodiscard]] std::string list_missing(std::span<const std::string> absent, std::span<const std::string> empty);

}  // namespace adit
