#include "emulator/ims/revocation.h"

#include "base/text/text.h"
#include "emulator/ims/client_check.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

http::ServerResponse invalidate_token(const Call& call) {
  const Parameters parameters(call.request);
  // For access tokens, ims-go sends an empty secret: anyone who has a token may revoke it. A secret that is sent
  // must be correct.
  const bool no_secret = parameters.get("client_secret").empty();
  const auto integration = no_secret ? known_client(call, parameters) : authenticated_client(call, parameters);
  const auto type = parameters.get("token_type");
  if (type.empty()) throw ImsRefusal{400, "bad_request", "The parameter token_type is missing"};
  if (type != "access_token") {
    throw ImsRefusal{400, "unsupported_token_type", "Only token_type access_token is supported"};
  }
  const auto token = parameters.get("token");
  if (token.empty()) throw ImsRefusal{400, "invalid_token", "The parameter token is missing"};
  const auto outcome = call.service.verify(token, call.now);
  if (const auto* flaw = std::get_if<TokenFlaw>(&outcome)) {
    // The token is not valid anyway, as the caller wants (RFC 7009 section 2.2).
    if (*flaw == TokenFlaw::expired || *flaw == TokenFlaw::revoked) return ims_json(200, json::object{});
    throw ImsRefusal{400, "invalid_token", "The token was not issued here"};
  }
  const auto& claims = std::get<json::object>(outcome);
  if (string_member(claims, "client_id") != integration->client_id) {
    throw ImsRefusal{400, "invalid_token", "The token was not issued to this client"};
  }
  if (!call.service.revoke(claims, call.now)) {
    throw ImsRefusal{503, "too_many_revocations", "The emulator remembers no more revoked tokens than it has already"};
  }
  return ims_json(200, json::object{});
}

std::string_view reason(TokenFlaw flaw) {
  switch (flaw) {
    case TokenFlaw::malformed:
      return "malformed";
    case TokenFlaw::wrong_signature:
      return "bad_signature";
    case TokenFlaw::wrong_type:
      return "wrong_type";
    case TokenFlaw::expired:
      return "expired";
    case TokenFlaw::revoked:
      return "revoked";
  }
  return "malformed";
}

http::ServerResponse invalid(std::string_view why) {
  return ims_json(200, json::object{{"valid", false}, {"reason", why}});
}

http::ServerResponse validate_token(const Call& call) {
  const Parameters parameters(call.request);
  const auto type = parameters.get("type");
  if (type.empty()) throw ImsRefusal{400, "bad_request", "The parameter type is missing"};
  if (type != "access_token") throw ImsRefusal{400, "bad_request", "Only type access_token is supported"};
  auto client_id = parameters.get("client_id");
  if (client_id.empty()) client_id = trim(call.request.headers.get_or_empty("x-ims-clientid"));
  call.notes.client_id = client_id;
  if (client_id.empty()) throw ImsRefusal{400, "bad_request", "The parameter client_id is missing"};
  auto token = bearer_token(call.request);
  if (token.empty()) token = parameters.get("token");
  if (token.empty()) throw ImsRefusal{400, "bad_request", "Neither a bearer token nor the parameter token is there"};
  auto outcome = call.service.verify(token, call.now);
  if (const auto* flaw = std::get_if<TokenFlaw>(&outcome)) return invalid(reason(*flaw));
  auto& claims = std::get<json::object>(outcome);
  if (string_member(claims, "client_id") != client_id) return invalid("client_id_mismatch");
  return ims_json(200, json::object{{"valid", true}, {"token", std::move(claims)}});
}

}  // namespace

std::vector<Route> revocation_routes() {
  return {{"POST", "/ims/invalidate_token/v2", Side::ims, invalidate_token},
          // aio-lib-ims sends POST; ims-go sends GET with all parameters in the query.
          {"GET", "/ims/validate_token/v1", Side::ims, validate_token},
          {"POST", "/ims/validate_token/v1", Side::ims, validate_token}};
}

}  // namespace adit::emulator
