#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace adit {

/// Reads a duration: `250ms`, `30s`, `10m`, `24h`, `7d`, or a number of seconds without a unit; fractions and a sign
/// are allowed. Returns nullopt for other text, and for more than ten years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace adit
