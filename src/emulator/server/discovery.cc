#include "emulator/server/discovery.h"

#include "base/text/text.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

/// Uses the host that the client used: a client whose requests are redirected here continues to name Adobe's host.
std::string origin_for(const http::ServerRequest& request) {
  return cat(request.secure ? "https://" : "http://", request.headers.get_or_empty("host"));
}

http::ServerResponse configuration(const Call& call) {
  const auto origin = origin_for(call.request);
  const auto at = [&origin](std::string_view path) { return origin + std::string(path); };
  // The specification requires an authorization endpoint, and IMS has one. The emulator has no users who could sign in.
  auto answer = ims_json(
      200, json::object{{"issuer", origin},
                        {"authorization_endpoint", at("/ims/authorize/v2")},
                        {"token_endpoint", at("/ims/token/v3")},
                        {"userinfo_endpoint", at("/ims/userinfo/v2")},
                        {"jwks_uri", at("/ims/keys")},
                        {"response_types_supported", {"code", "token", "id_token", "id_token token", "code id_token"}},
                        {"subject_types_supported", {"public"}},
                        {"id_token_signing_alg_values_supported", {"RS256"}},
                        {"scopes_supported", {"openid", "email", "profile"}},
                        {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"}},
                        {"grant_types_supported", {"client_credentials"}}});
  answer.headers.remove("Pragma");
  answer.headers.set("Cache-Control", "public, max-age=300");
  return answer;
}

}  // namespace

std::vector<Route> discovery_routes() {
  return {{"GET", "/ims/.well-known/openid-configuration", Side::ims, configuration}};
}

}  // namespace adit::emulator
