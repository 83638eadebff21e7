#include "dev/web/accept.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/text/text.h"

namespace adit::dev {
namespace {

/// A media range, such as `text/html;q=0.8`.
struct Range {
  std::string type;
  std::string subtype;
  double quality = 1;

  [[nodiscard]] int generality() const { return type == "*" ? 2 : subtype == "*" ? 1 : 0; }
};

std::optional<Range> parse_range(std::string_view text) {
  const auto parts = split_list(text, ';');
  if (parts.empty()) return std::nullopt;
  const auto slash = parts.front().find('/');
  if (slash == std::string::npos) return std::nullopt;
  Range range{.type = to_lower(trim(parts.front().substr(0, slash))),
              .subtype = to_lower(trim(parts.front().substr(slash + 1)))};
  if (range.type.empty() || range.subtype.empty()) return std::nullopt;
  for (const auto& parameter : parts) {
    const auto sign = parameter.find('=');
    if (sign == std::string::npos || !equals_ignoring_case(trim(parameter.substr(0, sign)), "q")) continue;
    const auto number = trim(std::string_view(parameter).substr(sign + 1));
    const auto read = std::from_chars(number.data(), number.data() + number.size(), range.quality);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size()) return std::nullopt;
  }
  return range;
}

}  // namespace

bool is_acceptable(std::string_view accept, std::string_view content_type) {
  std::vector<Range> ranges;
  for (const auto& text : split_list(accept, ',')) {
    auto range = parse_range(text);
    if (!range) return true;
    ranges.push_back(*std::move(range));
  }
  if (ranges.empty()) return true;
  const auto name = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  const auto slash = name.find('/');
  std::ranges::stable_sort(ranges, {}, &Range::generality);
  for (const auto& range : ranges) {
    if (range.type != "*" && range.type != name.substr(0, slash)) continue;
    if (range.subtype != "*" && range.subtype != name.substr(slash + 1)) continue;
    return range.quality > 0;
  }
  return false;
}

}  // namespace adit::dev
