#include "emulator/apis/analytics.h"

#include "base/text/text.h"
#include "emulator/apis/gateway.h"
#include "emulator/apis/report.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

http::ServerResponse analytics_error(int status, std::string_view code, std::string_view description) {
  return json_answer(status, json::object{{"errorCode", code},
                                          {"errorDescription", description},
                                          {"errorId", random_uuid()},
                                          {"rootCauseService", "oberon"}});
}

http::ServerResponse reports(const Call& call) {
  return behind_gateway(call, [&](const json::object& claims) {
    static_cast<void>(claims);
    const auto company = trim(call.request.headers.get_or_empty("x-proxy-global-company-id"));
    if (company.empty()) throw GatewayRefusal{403, "403000", "The header x-proxy-global-company-id is required"};
    if (company != call.path_values.at("company")) {
      throw GatewayRefusal{403, "403000", "The header x-proxy-global-company-id does not fit the company of the path"};
    }
    const auto body = try_parse_json(call.request.body);
    if (!body || !body->is_object())
      return analytics_error(400, "invalid_data", "The request body is not a JSON object");
    try {
      return json_answer(200, make_report(body->get_object(), call.now));
    } catch (const ReportFlaw& flaw) {
      return analytics_error(400, flaw.code, flaw.description);
    }
  });
}

http::ServerResponse me(const Call& call) {
  return behind_gateway(call, [](const json::object& claims) {
    const json::object company{{"globalCompanyId", "example"},
                               {"companyName", "Example"},
                               {"apiRateLimitPolicy", "aa_api_tier10_tp"},
                               {"dataCenter", "OR1"}};
    const json::object org{{"imsOrgId", string_member(claims, "org")}, {"companies", json::array{company}}};
    return json_answer(200,
                       json::object{{"imsUserId", string_member(claims, "user_id")}, {"imsOrgs", json::array{org}}});
  });
}

}  // namespace

std::vector<Route> analytics_routes() {
  return {{"POST", "/api/{company}/reports", Side::api, reports}, {"GET", "/discovery/me", Side::api, me}};
}

}  // namespace adit::emulator
