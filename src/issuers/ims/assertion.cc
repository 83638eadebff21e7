#include "adit/error.h"
#include "adit/ims.h"
#include "adit/jwt.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

bool is_url(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

}  // namespace

json::object assertion_claims(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                              std::chrono::seconds life) {
  const auto expiry = std::chrono::floor<std::chrono::seconds>(now) + life;
  json::object claims;
  claims["exp"] = static_cast<std::int64_t>(expiry.time_since_epoch().count());
  claims["iss"] = credentials.org_id;
  claims["sub"] = credentials.technical_account_id;
  claims["aud"] = cat(ims.url, "/c/", credentials.client_id);
  for (const auto& configured : credentials.metascopes) {
    const auto metascope = trim(configured);
    if (metascope.empty()) continue;
    claims[is_url(metascope) ? std::string(metascope) : cat(ims.url, "/s/", metascope)] = true;
  }
  return claims;
}

Secret make_assertion(const JwtCredentials& credentials, const Ims& ims, WallTime now, std::chrono::seconds life) {
  // IMS accepts only RS256 (docs/protocols/ims.md, "JWT exchange").
  if (!credentials.private_key.can_use(jwt::Algorithm::RS256)) {
    throw Error::failure("sign_failed",
                         "The assertion cannot be signed: IMS requires RS256, and the private key is not an RSA key.")
        .hint("Use the RSA private key whose certificate is bound to the integration in the Developer Console.");
  }
  return jwt::sign(assertion_claims(credentials, ims, now, life), credentials.private_key, jwt::Algorithm::RS256);
}

}  // namespace adit::ims
