#include "emulator/apis/gateway.h"

#include "base/text/text.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {

http::ServerResponse gateway_answer(const GatewayRefusal& refusal) {
  auto answer =
      json_answer(refusal.status, json::object{{"error_code", refusal.error_code}, {"message", refusal.message}});
  answer.headers.set("X-Request-Id", random_uuid());
  if (refusal.retry_after) answer.headers.set("Retry-After", std::to_string(refusal.retry_after->count()));
  return answer;
}

std::string missing_token_reason(const http::ServerRequest& request) {
  return request.headers.has("authorization") ? "the header Authorization is not of the form Bearer TOKEN"
                                              : "the header Authorization is missing";
}

json::object pass_gateway(const Call& call) {
  const auto token = bearer_token(call.request);
  if (token.empty())
    throw GatewayRefusal{401, "401010", "Oauth token is missing", {}, missing_token_reason(call.request)};
  auto outcome = call.service.verify(token, call.now);
  if (const auto* flaw = std::get_if<TokenFlaw>(&outcome))
    throw GatewayRefusal{401, "401013", "Oauth token is not valid", {}, reason_of(*flaw, token)};
  auto& claims = std::get<json::object>(outcome);
  call.notes.client_id = string_member(claims, "client_id");
  const auto key = trim(call.request.headers.get_or_empty("x-api-key"));
  if (key.empty()) throw GatewayRefusal{403, "403000", "Api Key is required", {}, "the header x-api-key is missing"};
  if (key != call.notes.client_id)
    throw GatewayRefusal{403, "403003", "Api Key is invalid", {}, "x-api-key is not the client id of the token"};
  const auto integration = call.service.integrations.find(key);
  if (!integration)
    throw GatewayRefusal{403, "403003", "Api Key is invalid", {}, "the emulator does not know the token's client"};
  if (const auto wait = call.service.throttled("api", integration->api_rate, key)) {
    throw GatewayRefusal{429, "429050", "Too many requests", wait};
  }
  // The technical account has no product profile, so it may use no product. A new token does not help.
  if (integration->product_profiles.empty())
    throw GatewayRefusal{403, "403025", "Profile is not valid", {}, "the integration has no product profile"};
  return std::move(claims);
}

void count_api_call(const Call& call, bool refused) {
  ++(refused ? call.service.counters.api_rejected : call.service.counters.api_calls);
}

}  // namespace adit::emulator
