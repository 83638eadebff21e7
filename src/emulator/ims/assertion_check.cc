#include "emulator/ims/assertion_check.h"

#include <algorithm>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "emulator/server/answer.h"

namespace adit::emulator {
namespace {

// IMS allows an assertion to live for a day. The tolerance is for a sender whose clock is ahead.
constexpr std::chrono::seconds kFarthestExpiry = std::chrono::hours(24) + std::chrono::minutes(10);

struct Decoded {
  jwt::Parts parts;
  json::object claims;
};

Decoded decode(std::string_view assertion) {
  if (assertion.empty()) throw ImsRefusal{400, "invalid_token", "The JWT token is missing (jwt_token)"};
  try {
    Decoded decoded{jwt::parse_compact(assertion), {}};
    decoded.claims = jwt::parse_claims(decoded.parts.payload);
    return decoded;
  } catch (const Error&) {
    throw ImsRefusal{400, "invalid_token", "Could not decode the JWT token"};
  }
}

// A claim that is a whole number; nullptr if it is not.
const std::int64_t* integer(const json::value& value) { return value.if_int64(); }

void check_audience(const json::object& claims, const AssertionRules& rules) {
  const auto* aud = claims.if_contains("aud");
  std::vector<std::string> audiences;
  if (aud != nullptr && aud->is_string()) audiences.emplace_back(aud->get_string());
  if (aud != nullptr && aud->is_array()) {  // RFC 7519 section 4.1.3
    for (const auto& item : aud->get_array()) {
      if (item.is_string()) audiences.emplace_back(item.get_string());
    }
  }
  if (audiences.empty()) throw ImsRefusal{400, "invalid_client", "The JWT has no audience (aud)"};
  bool integration_named = false;
  for (const auto& text : audiences) {
    const auto audience = split_audience(text);
    const bool ours = std::find(rules.ims_urls.begin(), rules.ims_urls.end(), audience.ims) != rules.ims_urls.end();
    if (ours && audience.client_id == rules.integration.client_id) return;
    integration_named = integration_named || (ours && !audience.client_id.empty());
  }
  if (integration_named) {
    throw ImsRefusal{400, "invalid_client", "The client_id and the audience (aud) of the JWT do not match"};
  }
  throw ImsRefusal{400, "invalid_client", "No integration was found for the audience (aud) of the JWT"};
}

void check_identity(const json::object& claims, std::string_view claim, std::string_view ending) {
  const auto value = string_member(claims, claim);
  if (value.size() <= ending.size() || !value.ends_with(ending)) {
    throw ImsRefusal{400, "bad_request",
                     cat("The claim ", claim, " of the JWT is missing or malformed: it must end with ", ending)};
  }
}

void check_times(const json::object& claims, WallTime now) {
  const auto* exp = claims.if_contains("exp");
  if (exp == nullptr) throw ImsRefusal{400, "bad_request", "The claim exp of the JWT is missing"};
  if (exp->is_uint64()) throw ImsRefusal{400, "bad_request", "The claim exp of the JWT is malformed: too large"};
  if (integer(*exp) == nullptr) throw ImsRefusal{400, "invalid_token", "The claim exp of the JWT is not an integer"};
  const auto* jti = claims.if_contains("jti");
  if (jti != nullptr && integer(*jti) == nullptr && !jti->is_uint64()) {
    throw ImsRefusal{400, "invalid_token", "The claim jti of the JWT is not an integer"};
  }
  if (jti != nullptr && (jti->is_uint64() || *integer(*jti) < 0)) {
    throw ImsRefusal{400, "bad_request", "The claim jti of the JWT is malformed"};
  }
  const auto expiry = *integer(*exp);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (expiry <= 0) throw ImsRefusal{400, "bad_request", "The claim exp of the JWT is malformed"};
  if (expiry <= seconds) throw ImsRefusal{400, "invalid_token", "JWT token has expired"};
  if (expiry - seconds > kFarthestExpiry.count()) {
    const bool as_milliseconds = expiry / 1000 > seconds - 86400L * 365;
    throw ImsRefusal{400, "bad_request",
                     as_milliseconds ? "The claim exp of the JWT is malformed: it must be in seconds, not milliseconds"
                                     : "The claim exp of the JWT is malformed: more than 24 hours ahead"};
  }
}

void check_signature(const Decoded& decoded, const AssertionRules& rules) {
  const auto& parts = decoded.parts;
  if (string_member(parts.header, "alg") != "RS256") {
    throw ImsRefusal{400, "invalid_signature", "The JWT must be signed with RS256"};
  }
  const auto& keys = rules.integration.public_keys;
  const auto fits = [&](const jwt::PublicKey& key) {
    return key.can_use(jwt::Algorithm::RS256) &&
           key.verify(jwt::Algorithm::RS256, parts.signing_input, parts.signature);
  };
  if (std::any_of(keys.begin(), keys.end(), fits)) return;
  // An RSA signature is as long as its modulus (RFC 8017 section 8.2.1): one of another length is not an RS256
  // signature of any bound key.
  const auto of_length = [&](const jwt::PublicKey& key) {
    return parts.signature.size() == static_cast<std::size_t>((key.bits() + 7) / 8);
  };
  if (!keys.empty() && std::none_of(keys.begin(), keys.end(), of_length)) {
    throw ImsRefusal{400, "invalid_signature", "The JWT signature does not fit its algorithm or any bound certificate"};
  }
  throw ImsRefusal{400, "invalid_token", "Could not match JWT signature to any of the bindings"};
}

// IMS finds a binding by organisation, technical account and key together, and does not say which of them did not
// match. The emulator adds it to IMS's message.
void check_binding(const json::object& claims, const AssertionRules& rules) {
  if (string_member(claims, "iss") != rules.integration.org_id) {
    throw ImsRefusal{400, "invalid_token",
                     "Could not match JWT signature to any of the bindings: iss is not the integration's organization"};
  }
  if (string_member(claims, "sub") != rules.integration.technical_account_id) {
    throw ImsRefusal{
        400, "invalid_token",
        "Could not match JWT signature to any of the bindings: sub is not the integration's technical account"};
  }
}

std::vector<std::string> asked_metascopes(const json::object& claims, const AssertionRules& rules) {
  const auto& integration = rules.integration;
  std::vector<std::string> asked;
  for (const auto& member : claims) {
    const std::string_view name = member.key();
    const auto slash = name.rfind("/s/");
    if (slash == std::string_view::npos || !member.value().is_bool() || !member.value().get_bool()) continue;
    if (std::find(rules.ims_urls.begin(), rules.ims_urls.end(), name.substr(0, slash)) == rules.ims_urls.end())
      throw ImsRefusal{400, "invalid_scope", cat("The metascope ", name, " belongs to another IMS")};
    asked.emplace_back(metascope_name(name));
  }
  if (asked.empty()) throw ImsRefusal{400, "invalid_scope", "The JWT asks for no metascope"};
  for (const auto& name : asked) {
    const auto bound = std::any_of(integration.metascopes.begin(), integration.metascopes.end(),
                                   [&](const std::string& scope) { return metascope_name(scope) == name; });
    if (!bound)
      throw ImsRefusal{400, "invalid_scope", cat("The metascope ", name, " is not in the integration's binding")};
  }
  return asked;
}

}  // namespace

Audience split_audience(std::string_view aud) {
  const auto slash = aud.rfind("/c/");
  if (slash == std::string_view::npos) return {};
  return {std::string(aud.substr(0, slash)), std::string(aud.substr(slash + 3))};
}

std::string_view metascope_name(std::string_view metascope) {
  metascope = trim(metascope);
  const auto slash = metascope.rfind("/s/");
  return slash == std::string_view::npos ? metascope : metascope.substr(slash + 3);
}

std::vector<std::string> check_assertion(std::string_view assertion, const AssertionRules& rules) {
  const auto decoded = decode(assertion);
  check_audience(decoded.claims, rules);
  check_identity(decoded.claims, "iss", "@AdobeOrg");
  check_identity(decoded.claims, "sub", "@techacct.adobe.com");
  check_times(decoded.claims, rules.now);
  check_signature(decoded, rules);
  check_binding(decoded.claims, rules);
  return asked_metascopes(decoded.claims, rules);
}

}  // namespace adit::emulator
