#include "adit/action.h"
#include "adit/http.h"
#include "adit/token_source.h"

namespace {

/// Returns a query of the Analytics 2.0 API: page views by day, over one week.
boost::json::value query() {
  using boost::json::array;
  using boost::json::object;
  const object week{{"type", "dateRange"}, {"dateRange", "2023-01-01T00:00:00.000/2023-01-08T00:00:00.000"}};
  const object page_views{{"columnId", "0"}, {"id", "metrics/pageviews"}};
  return object{
      {"rsid", "examplersid"},
      {"globalFilters", array{week}},
      {"metricContainer", object{{"metrics", array{page_views}}}},
      {"dimension", "variables/daterangeday"},
      {"settings", object{{"limit", 50}, {"page", 0}}},
  };
}

}  // namespace

adit::Response run(const adit::Params& params, const adit::Activation& activation) {
  adit::Logger log("main", params.get_or("LOG_LEVEL", "info"));
  log.debug("activation " + activation.id);

  if (auto missing = adit::missing_inputs(params, {"JWT_CLIENT_ID", "JWT_CLIENT_SECRET", "JWT_TECHNICAL_ACCOUNT_ID",
                                                   "JWT_IMS_ORG", "JWT_METASCOPES", "JWT_PRIVATE_KEY"})) {
    return adit::error_response(400, *missing, log);
  }

  // If these throw, the action answers 503 (IMS does not answer), 502 (IMS refused the credential) or 500, with the
  // error's message and code.
  const auto credentials = adit::Credentials::from_params(params);
  const auto token = adit::token_source(credentials).get();  // cached, refreshed ahead, one exchange for all callers
  const auto report = adit::http::Request::post("https://analytics.adobe.io/api/example/reports")
                          .bearer(token)
                          .header("accept", "application/json")
                          .header("x-api-key", credentials.client_id())
                          .header("x-proxy-global-company-id", "example")
                          .json(query())
                          .send();
  return report.ok() ? adit::Response::json(200, report.json())
                     : adit::error_response(502, "Analytics answered " + std::to_string(report.status()), log);
}

ADIT_ACTION(run)
