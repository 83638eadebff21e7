#include <algorithm>

#include "adit/token_verifier.h"

#include "base/text/text.h"
#include "issuers/ims/token_payload.h"
#include "issuers/ims/token_times.h"

namespace adit::ims {

std::optional<TokenClaims> read_token_claims(json::object claims) {
  const auto times = read_token_times(claims);
  if (!times) return std::nullopt;
  const auto text = [&claims](std::string_view name) { return std::string(string_member(claims, name)); };
  TokenClaims read{.id = text("id"),
                   .type = text("type"),
                   .client_id = text("client_id"),
                   .user_id = text("user_id"),
                   .as = text("as"),
                   .scopes = split_list(string_member(claims, "scope")),
                   .created_at = times->created_at,
                   .expires_at = times->created_at + times->life,
                   .all = {}};
  read.all = std::move(claims);
  return read;
}

std::optional<TokenClaims> unverified_claims(std::string_view token) {
  if (token.size() > jwt::kMaxCompactBytes) return std::nullopt;
  auto claims = unverified_payload(token);
  return claims ? read_token_claims(*std::move(claims)) : std::nullopt;
}

std::optional<Ims> ims_of(std::string_view as) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (!as.starts_with("ims-") || as.size() > 40 || !std::all_of(as.begin(), as.end(), fits)) return std::nullopt;
  return Ims{cat("https://", as, ".adobelogin.com")};
}

}  // namespace adit::ims
