#include "base/text/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text/text.h"

namespace adit {

using std::chrono::milliseconds;

std::optional<milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}, {"", 1e3}}};
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  const auto unit = trim(text.substr(static_cast<std::size_t>(stop - text.data())));
  for (const auto& [name, scale] : kUnits) {
    if (unit != name) continue;
    constexpr double kTenYears = 10 * 365 * 86400e3;
    if (std::abs(number * scale) > kTenYears) return std::nullopt;
    return milliseconds(std::llround(number * scale));
  }
  return std::nullopt;
}

}  // namespace adit
