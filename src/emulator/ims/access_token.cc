#include "emulator/ims/access_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "emulator/server/answer.h"

namespace adit::emulator {
namespace {

std::optional<std::int64_t> number_claim(const json::object& claims, std::string_view name) {
  const auto text = string_member(claims, name);
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string not_a_jwt(std::string_view token) {
  constexpr std::array<std::string_view, 6> kNoTokens = {"undefined",       "null", "NaN", "None", "[object Object]",
                                                         "[object Promise]"};
  const auto known = std::find(kNoTokens.begin(), kNoTokens.end(), token);
  return cat("the token is not a JWT", known == kNoTokens.end() ? "" : ": ", known == kNoTokens.end() ? "" : *known);
}

}  // namespace

std::string reason_of(TokenFlaw flaw, std::string_view token) {
  switch (flaw) {
    case TokenFlaw::malformed:
      return std::count(token.begin(), token.end(), '.') == 2 ? "the token is a JWT, but no access token of IMS's form"
                                                              : not_a_jwt(token);
    case TokenFlaw::wrong_signature:
      return "the token was not issued by this emulator";
    case TokenFlaw::wrong_type:
      return "the token is a JWT, but no access token";
    case TokenFlaw::expired:
      return "the token has expired";
    case TokenFlaw::revoked:
      return "the token was invalidated";
  }
  return {};
}

std::optional<WallTime> token_expiry(const json::object& claims) {
  const auto created = number_claim(claims, "created_at");
  const auto life = number_claim(claims, "expires_in");
  if (!created || !life) return std::nullopt;
  return WallTime{std::chrono::milliseconds(*created + *life)};
}

TokenIssuer::TokenIssuer(jwt::SigningKey key)
    : key_(std::move(key)),
      public_key_(key_.public_key()),
      // IMS's ids look like `ims_na1-key-at-1`. The emulator's id depends on the key, so a client that has cached
      // another key set notices it.
      key_id_(cat("adit-key-at-", public_key_.thumbprint().substr(0, 12))) {}

TokenIssuer::Issued TokenIssuer::issue(const TokenSubject& subject, WallTime now,
                                       std::chrono::milliseconds life) const {
  const auto created = std::to_string(now.time_since_epoch().count());
  json::object claims;
  auto id = cat(created, '_', random_uuid(), "_adit");
  claims["id"] = id;
  claims["org"] = subject.org_id;
  claims["type"] = "access_token";
  claims["client_id"] = subject.client_id;
  claims["user_id"] = subject.technical_account_id;
  claims["as"] = "ims-na1";
  claims["aa_id"] = subject.technical_account_id;
  claims["ctp"] = 0;
  claims["moi"] = to_lower(pseudo_random_hex(8));
  claims["expires_in"] = std::to_string(life.count());
  claims["scope"] = join(subject.scopes, ",");
  claims["created_at"] = created;
  json::object header;
  header["alg"] = "RS256";
  header["x5u"] = key_id_ + ".cer";
  header["kid"] = key_id_;
  header["itt"] = "at";
  return {.token = jwt::sign(claims, key_, jwt::Algorithm::RS256, std::move(header)), .id = std::move(id)};
}

std::variant<json::object, TokenFlaw> TokenIssuer::verify(std::string_view token, WallTime now) const {
  auto known = verified_.find(token);
  if (!known) {
    try {
      known = jwt::verify_claims(token, public_key_, jwt::Algorithm::RS256);
    } catch (const Error& error) {
      return error.code() == "invalid_signature" ? TokenFlaw::wrong_signature : TokenFlaw::malformed;
    }
    verified_.add(token, *known);
  }
  auto& claims = *known;
  if (string_member(claims, "type") != "access_token") return TokenFlaw::wrong_type;
  const auto expiry = token_expiry(claims);
  if (!expiry) return TokenFlaw::malformed;
  if (now >= *expiry) return TokenFlaw::expired;
  return std::move(claims);
}

jwt::Jwks TokenIssuer::keys() const {
  return jwt::Jwks({jwt::Jwk{.key = public_key_, .key_id = key_id_, .algorithm = "RS256", .use = "sig"}});
}

}  // namespace adit::emulator
