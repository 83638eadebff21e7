#pragma once

#include <span>
#include <string>

namespace adit {

/// The settings that are not there, and those that are there without a value, for a message: "A, B, and C, which is
/// set, but empty".
[[nodiscard]] std::string list_missing(std::span<const std::string> absent, std::span<const std::string> empty);

}  // namespace adit
