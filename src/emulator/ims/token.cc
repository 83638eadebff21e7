#include "emulator/ims/token.h"

#include <algorithm>

#include "base/text/text.h"
#include "emulator/ims/client_check.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

std::vector<std::string> granted_scopes(const Integration& integration, std::string_view asked) {
  // IMS separates scopes by commas, RFC 6749 section 3.3 by spaces.
  const auto scopes = split_list(replace_all(std::string(asked), " ", ","));
  if (scopes.empty()) throw ImsRefusal{400, "invalid_scope", "The parameter scope is missing"};
  const auto among = [](const std::vector<std::string>& list, const std::string& scope) {
    return std::find(list.begin(), list.end(), scope) != list.end();
  };
  std::vector<std::string> granted;
  for (const auto& scope : scopes) {
    if (!among(integration.scopes, scope))
      throw ImsRefusal{400, "invalid_scope", cat("The scope ", scope, " is not among the integration's scopes")};
    if (!among(granted, scope)) granted.push_back(scope);
  }
  return granted;
}

std::shared_ptr<const Integration> client_by(const Call& call, Parameters::Basic spelling) {
  Parameters parameters(call.request);
  const bool basic = parameters.take_basic(call.request, spelling);
  try {
    return client_for_token(call, parameters, "client_credentials");
  } catch (ImsRefusal& refusal) {
    refusal.basic_challenge = basic && refusal.status == 401;
    throw;
  }
}

std::shared_ptr<const Integration> authenticated(const Call& call) {
  try {
    return client_by(call, Parameters::Basic::encoded);
  } catch (const ImsRefusal& refusal) {
    const bool unknown = refusal.error == "invalid_client" || refusal.error == "invalid_request";
    if (!unknown || !call.request.headers.has("authorization")) throw;
  }
  return client_by(call, Parameters::Basic::plain);
}

http::ServerResponse client_credentials(const Call& call) {
  const Parameters parameters(call.request);
  const auto grant = parameters.get("grant_type");
  if (grant.empty()) throw ImsRefusal{400, "invalid_request", "The parameter grant_type is missing"};
  if (grant != "client_credentials") {
    throw ImsRefusal{400, "unsupported_grant_type", "Only grant_type client_credentials is supported"};
  }
  const auto integration = authenticated(call);
  const auto org = parameters.get("org_id");
  if (!org.empty() && !integration->org_id.empty() && org != integration->org_id) {
    throw ImsRefusal{400, "bad_request", "The parameter org_id is not the integration's organization"};
  }
  const TokenSubject subject{.client_id = integration->client_id,
                             .technical_account_id = integration->technical_account_id,
                             .org_id = integration->org_id,
                             .scopes = granted_scopes(*integration, parameters.get("scope"))};
  const auto life = call.service.token_lifetime();
  const auto token = call.service.issue(subject, "client_credentials", call.now);
  ++call.service.counters.client_credentials;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(life).count();
  return ims_json(200, json::object{{"access_token", token.reveal()},
                                    {"token_type", "bearer"},
                                    {"expires_in", static_cast<std::int64_t>(seconds)}});
}

}  // namespace

std::vector<Route> token_routes() {
  return {{"POST", "/ims/token/v2", Side::ims, client_credentials},
          {"POST", "/ims/token/v3", Side::ims, client_credentials},
          {"POST", "/ims/token/v4", Side::ims, client_credentials}};
}

}  // namespace adit::emulator
