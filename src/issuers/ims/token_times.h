#pragma once

#include <chrono>
#include <optional>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::ims {

/// The claims `created_at` and `expires_in` of an access token of IMS.
struct TokenTimes {
  WallTime created_at;
  std::chrono::milliseconds life;
};

/// Reads the two claims. Returns nullopt if one is missing or is not a number of milliseconds, or if the token's life
/// is not within the years 1970 to 9999.
[[nodiscard]] std::optional<TokenTimes> read_token_times(const json::object& claims);

}  // namespace adit::ims
