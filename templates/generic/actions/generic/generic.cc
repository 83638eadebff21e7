#include "generic.h"

#include <string>

#include "adit/api_client.h"

adit::Response run(const adit::Params& params, const adit::Activation& activation) {
  const adit::Logger log("generic", params.get_or("LOG_LEVEL", "info"));
  log.debug("activation " + activation.id);
  if (const auto missing =
          adit::missing_inputs(params, {"API_URL", "IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_SECRET",
                                        "IMS_OAUTH_S2S_ORG_ID", "IMS_OAUTH_S2S_SCOPES"}))
    return adit::error_response(400, *missing, log);

  // Adds token, API key and organisation, but only for Adobe's hosts. The token is cached; all callers share one
  // exchange.
  adit::ApiClient api(adit::Credentials::from_params(params));
  const auto answer =
      api.send(adit::http::Request::get(params.require("API_URL")).header("accept", "application/json"));
  return answer.ok() ? adit::Response::json(200, answer.json())
                     : adit::error_response(502, "The API answered " + std::to_string(answer.status()), log);
}
