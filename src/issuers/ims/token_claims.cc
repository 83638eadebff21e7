#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "adit/token_verifier.h"

#include "base/text.h"
#include "issuers/ims/token_payload.h"

namespace adit::ims {

using std::chrono::milliseconds;

// Answers contain numbers, and claims contain strings of digits; some servers mix the two.
std::optional<std::int64_t> whole_number(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->if_int64()) return *number;
  if (const auto* number = value->if_double()) {
    constexpr double kExact = 9007199254740992.0;  // 2^53
    if (std::isfinite(*number) && std::trunc(*number) == *number && std::abs(*number) < kExact) {
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

std::optional<TokenClaims> read_token_claims(json::object claims) {
  constexpr std::int64_t kEndOfTime = 253402300799000;  // 9999-12-31
  const auto created = whole_number(claims.if_contains("created_at"));
  const auto life = whole_number(claims.if_contains("expires_in"));
  if (!created || !life || *created < 0 || *created > kEndOfTime || *life < 0 || *life > kEndOfTime - *created) {
    return std::nullopt;
  }
  const auto text = [&claims](std::string_view name) { return std::string(string_member(claims, name)); };
  TokenClaims read{.id = text("id"),
                   .type = text("type"),
                   .client_id = text("client_id"),
                   .user_id = text("user_id"),
                   .as = text("as"),
                   .scopes = split_list(string_member(claims, "scope")),
                   .created_at = WallTime(milliseconds(*created)),
                   .expires_at = WallTime(milliseconds(*created + *life)),
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
