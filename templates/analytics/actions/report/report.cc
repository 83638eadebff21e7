#include "report.h"

#include <string>

#include "adit/api_client.h"

namespace {

/// https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/reports/
boost::json::value query(const std::string& report_suite) {
  using boost::json::array;
  using boost::json::object;
  const object week{{"type", "dateRange"}, {"dateRange", "2026-01-05T00:00:00.000/2026-01-12T00:00:00.000"}};
  const object page_views{{"columnId", "0"}, {"id", "metrics/pageviews"}};
  return object{
      {"rsid", report_suite},
      {"globalFilters", array{week}},
      {"metricContainer", object{{"metrics", array{page_views}}}},
      {"dimension", "variables/daterangeday"},
      {"settings", object{{"limit", 50}, {"page", 0}}},
  };
}

}  // namespace

adit::Response run(const adit::Params& params, const adit::Activation& activation) {
  const adit::Logger log("report", params.get_or("LOG_LEVEL", "info"));
  log.debug("activation " + activation.id);
  if (const auto missing =
          adit::missing_inputs(params, {"ANALYTICS_COMPANY", "ANALYTICS_REPORT_SUITE", "IMS_OAUTH_S2S_CLIENT_ID",
                                        "IMS_OAUTH_S2S_CLIENT_SECRET", "IMS_OAUTH_S2S_ORG_ID", "IMS_OAUTH_S2S_SCOPES"}))
    return adit::error_response(400, *missing, log);

  const auto company = params.require("ANALYTICS_COMPANY");
  // Adds token, API key and organisation. The token is cached; all callers share one exchange. If this throws (IMS
  // does not answer, the secret is wrong), the answer is 503, 502 or 500 with the error's message and code.
  adit::ApiClient analytics(adit::Credentials::from_params(params));
  const auto report = analytics.send(adit::http::Request::post("https://analytics.adobe.io/api/" + company + "/reports")
                                         .header("x-proxy-global-company-id", company)
                                         .json(query(params.require("ANALYTICS_REPORT_SUITE"))));
  return report.ok() ? adit::Response::json(200, report.json())
                     : adit::error_response(502, "Analytics answered " + std::to_string(report.status()), log);
}
