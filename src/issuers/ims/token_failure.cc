#include "issuers/ims/token_failure.h"

#include <algorithm>
#include <array>

namespace adit::ims {

bool says_token_is_invalid(std::string_view code) {
  constexpr std::array<std::string_view, 11> kCodes{
      "invalid_jws",    "invalid_signature", "unknown_key",  "invalid_claims", "token_expired",   "token_not_yet_valid",
      "wrong_audience", "wrong_issuer",      "wrong_client", "missing_scope",  "wrong_token_type"};
  return std::ranges::find(kCodes, code) != kCodes.end();
}

}  // namespace adit::ims
