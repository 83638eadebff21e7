#include "issuers/ims/token_times.h"

#include <cstdint>

#include "base/json/whole_number.h"

namespace adit::ims {

using std::chrono::milliseconds;

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
