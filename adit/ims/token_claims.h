#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/clock.h"
#include "adit/base/json.h"
#include "adit/ims/environment.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// What IMS writes into an access token (ims.md, "The access token").
struct TokenClaims {
  std::string id;
  std::string type;
  std::string client_id;
  std::string user_id;
  /// Which IMS issued it: `ims-na1`.
  std::string as;
  std::vector<std::string> scopes;
  WallTime created_at{};
  /// `created_at + expires_in`.
  WallTime expires_at{};
  /// All of them, as they stand in the token.
  json::object all;
};

/// Nothing where `created_at` or `expires_in` is not there, or is no number of milliseconds (as text or number) within
/// the years 1970 to 9999.
[[nodiscard]] std::optional<TokenClaims> read_token_claims(json::object claims);
/// Of a token whose signature nobody looked at: good for knowing whom to ask, and for nothing else.
[[nodiscard]] std::optional<TokenClaims> unverified_claims(std::string_view token);
/// `https://{as}.adobelogin.com`; nothing for an `as` that is no name of an IMS, which an unverified token may hold.
[[nodiscard]] std::optional<Ims> ims_of(std::string_view as);

/// A number that came as number or as text; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number(const json::value* value);

}  // namespace adit::ims

#pragma GCC visibility pop
