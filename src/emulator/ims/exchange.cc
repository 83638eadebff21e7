#include "emulator/ims/exchange.h"

#include "adit/ims.h"

#include "emulator/ims/assertion_check.h"
#include "emulator/ims/client_check.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

std::vector<std::string> ims_urls(const Call& call) {
  std::vector<std::string> urls = {ims::Ims::prod().url, ims::Ims::stage().url, call.service.origin()};
  // The name that the sender used, for example localhost, or the name of a container or a proxy.
  const auto host = std::string(call.request.headers.get_or_empty("host"));
  if (!host.empty()) {
    urls.push_back("http://" + host);
    urls.push_back("https://" + host);
  }
  return urls;
}

http::ServerResponse exchange_jwt(const Call& call) {
  const Parameters parameters(call.request);
  const auto integration = client_for_token(call, parameters, "jwt_bearer");
  if (integration->converted_to_oauth) throw ImsRefusal{500, "internal_error", "An internal error occurred"};
  if (!integration->may_exchange_jwt) {
    throw ImsRefusal{401, "invalid_client", "The client is not configured with the exchange_jwt scope"};
  }
  const auto metascopes = check_assertion(parameters.get("jwt_token"),
                                          {.integration = *integration, .ims_urls = ims_urls(call), .now = call.now});
  TokenSubject subject{.client_id = integration->client_id,
                       .technical_account_id = integration->technical_account_id,
                       .org_id = integration->org_id,
                       .scopes = integration->scopes};
  subject.scopes.insert(subject.scopes.end(), metascopes.begin(), metascopes.end());
  const auto life = call.service.token_lifetime();
  const auto token = call.service.issue(subject, "jwt_bearer", call.now);
  ++call.service.counters.jwt_exchanges;
  // Like IMS, in milliseconds here and in seconds at the token endpoints.
  return ims_json(200, json::object{{"token_type", "bearer"},
                                    {"access_token", token.reveal()},
                                    {"expires_in", static_cast<std::int64_t>(life.count())}});
}

}  // namespace

std::vector<Route> exchange_routes() {
  return {{"POST", "/ims/exchange/jwt", Side::ims, exchange_jwt},
          {"POST", "/ims/exchange/v1/jwt", Side::ims, exchange_jwt}};
}

}  // namespace adit::emulator
