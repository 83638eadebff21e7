// An action that does what its parameter MODE says: well-behaved, or one of the ways in which actions go wrong.
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include "adit/action/action.h"
#include "adit/http/client.h"
#include "adit/token/token_source.h"

namespace {

adit::Response report(const adit::Params& params, adit::Logger& log) {
  const auto credentials = adit::Credentials::from_params(params);
  const auto token = adit::token_source(credentials).get();
  const auto answer = adit::http::Request::post("https://analytics.adobe.io/api/example/reports")
                          .bearer(token)
                          .header("x-api-key", credentials.client_id())
                          .header("x-proxy-global-company-id", "example")
                          .json({{"rsid", "example"}, {"dimension", "variables/page"}})
                          .send();
  return answer.ok() ? adit::Response::json(200, answer.json())
                     : adit::error_response(502, "Analytics answered " + std::to_string(answer.status()), log);
}

adit::Response run(const adit::Params& params, const adit::Activation& /*activation*/) {
  adit::Logger log("probe", params.get_or("LOG_LEVEL", "info"));
  const std::string mode = params.get_or("MODE", "report");
  if (mode == "echo") return adit::Response::json(200, adit::json::value(params.json()));
  if (mode == "crash") std::abort();
  if (mode == "exit") std::_Exit(7);
  if (mode == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (mode == "throw") throw std::runtime_error("the probe was told to throw");
  return report(params, log);
}

}  // namespace

ADIT_ACTION(run)
