#include "emulator/ims/client_check.h"

#include "emulator/server/service.h"

namespace adit::emulator {

std::shared_ptr<const Integration> known_client(const Call& call, const Parameters& parameters) {
  const auto id = parameters.get("client_id");
  if (id.empty()) throw ImsRefusal{400, "invalid_client", "The parameter client_id is missing"};
  call.notes.client_id = id;
  auto integration = call.service.integrations.find(id);
  if (!integration && call.service.integrations.size() == 0)
    throw ImsRefusal{.status = 400,
                     .error = "invalid_client",
                     .description = "invalid client_id parameter: this emulator has no integration",
                     .no_integrations = true};
  if (!integration) throw ImsRefusal{400, "invalid_client", "invalid client_id parameter: no such integration"};
  return integration;
}

std::shared_ptr<const Integration> authenticated_client(const Call& call, const Parameters& parameters) {
  auto integration = known_client(call, parameters);
  const Secret given(parameters.get("client_secret"));
  if (given.empty()) throw ImsRefusal{401, "invalid_client", "The parameter client_secret is missing"};
  // Compare with all secrets, each in constant time, so that the time reveals nothing about them.
  bool fits = false;
  for (const auto& secret : integration->client_secrets) {
    const bool same = secret == given;
    fits = fits || same;
  }
  if (!fits) throw ImsRefusal{401, "invalid_client", "invalid client_secret parameter"};
  return integration;
}

std::shared_ptr<const Integration> client_for_token(const Call& call, const Parameters& parameters,
                                                    std::string_view grant) {
  auto integration = authenticated_client(call, parameters);
  if (const auto wait = call.service.throttled("token", integration->token_rate, integration->client_id)) {
    throw ImsRefusal{429, "too_many_requests", "The client asks for tokens too often", wait};
  }
  call.service.integrations.note_use(integration->client_id, Secret(parameters.get("client_secret")), grant, call.now);
  return integration;
}

}  // namespace adit::emulator
