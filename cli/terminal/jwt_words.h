#pragma once

#include <optional>
#include <string>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::cli {

/// When a token begins and ends, by RFC 7519's claims (seconds) or IMS's (`created_at`, `expires_in`: milliseconds, as
/// texts too). Absent where no claim says it.
struct TokenTimes {
  std::optional<WallTime> issued;
  std::optional<WallTime> not_before;
  std::optional<WallTime> expires;
};
[[nodiscard]] TokenTimes times_of(const json::object& claims);

/// "in 23 hours 5 minutes", "3 days ago", "now".
[[nodiscard]] std::string in_words(WallTime time, WallTime now);
/// "production (ims-na1)", "stage (ims-na1-stg1)", the `as` or the issuer else; empty if the claims do not say.
[[nodiscard]] std::string ims_in_words(const json::object& claims);

}  // namespace adit::cli
