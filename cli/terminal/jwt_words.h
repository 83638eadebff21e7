#pragma once

#include <optional>
#include <string>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::cli {

/// When a token becomes valid and expires, from RFC 7519's claims (seconds) or those of IMS (`created_at`,
/// `expires_in`: milliseconds, also as strings). Absent if no claim says it.
struct TokenTimes {
  std::optional<WallTime> issued;
  std::optional<WallTime> not_before;
  std::optional<WallTime> expires;
};
[[nodiscard]] TokenTimes times_of(const json::object& claims);

/// Returns "in 23 hours 5 minutes", "3 days ago", "now".
[[nodiscard]] std::string in_words(WallTime time, WallTime now);
/// Returns "production (ims-na1)" or "stage (ims-na1-stg1)", for another IMS the claim `as` or the issuer; empty if the
/// claims do not say.
[[nodiscard]] std::string ims_in_words(const json::object& claims);

}  // namespace adit::cli
