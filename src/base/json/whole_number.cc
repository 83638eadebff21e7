#include "base/json/whole_number.h"

#include <charconv>
#include <cmath>

#include "base/json/exact_integer.h"

namespace adit {

std::optional<std::int64_t> whole_number(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->if_int64()) return *number;
  if (const auto* number = value->if_double()) {
    // Compared before the conversion, which is undefined for a double outside the integer's range.
    if (std::abs(*number) < static_cast<double>(kMaxExactInteger) && std::trunc(*number) == *number)
      return static_cast<std::int64_t>(*number);
  }
  if (const auto* text = value->if_string()) {
    std::int64_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc() && stop == end && !text->empty()) return number;
  }
  return std::nullopt;
}

}  // namespace adit
