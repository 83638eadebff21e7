#include "issuers/ims/token_times.h"

#include <charconv>
#include <cmath>
#include <string>

#include "base/json/exact_integer.h"

namespace adit::ims {

using std::chrono::milliseconds;

std::optional<std::int64_t> whole_number(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->if_int64()) return *number;
  if (const auto* number = value->if_double()) {
    if (std::isfinite(*number) && std::trunc(*number) == *number &&
        std::abs(*number) < static_cast<double>(kMaxExactInteger)) {
      return static_cast<std::int64_t>(*number);
    }
  }
  if (const auto* text = value->if_string()) {
    std::int64_t number = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc() && stop == end && !text->empty()) return number;
  }
  return std::nullopt;
}

std::optional<TokenTimes> read_token_times(const json::object& claims) {
  constexpr std::int64_t kYear10000 = 253402300800000;
  const auto created = whole_number(claims.if_contains("created_at"));
  const auto life = whole_number(claims.if_contains("expires_in"));
  if (!created || !life || *created < 0 || *created >= kYear10000 || *life < 0 || *life >= kYear10000 - *created) {
    return std::nullopt;
  }
  return TokenTimes{.created_at = WallTime(milliseconds(*created)), .life = milliseconds(*life)};
}

}  // namespace adit::ims
