#include <gmock/gmock.h>

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::member;

class Analytics : public testing::Test, public test::TestIms {
 public:
  Analytics() : token_(client().fetch_token(jwt_credentials()).value) {}

  static json::object query() {
    return parse_json(R"({"rsid":"example","globalFilters":[{"type":"dateRange",
        "dateRange":"2017-12-31T00:00:00.000/2018-01-06T23:59:59.999"}],
        "metricContainer":{"metrics":[{"columnId":"0","id":"metrics/pageviews"},{"columnId":"1","id":"metrics/visits"}]},
        "dimension":"variables/daterangeday"})",
                      "query")
        .as_object();
  }
  http::Response report(const json::value& body, const std::string& company = "example") {
    return http::Request::post(url("/api/example/reports"))
        .bearer(token_)
        .header("x-api-key", "jwt-client")
        .header("x-proxy-global-company-id", company)
        .json(body)
        .send(http());
  }
  http::Response me(const Secret& token, const std::string& key = "jwt-client") {
    return http::Request::get(url("/discovery/me")).bearer(token).header("x-api-key", key).send(http());
  }

 protected:
  Secret token_;
};

TEST_F(Analytics, reports_a_row_for_each_day_and_a_column_for_each_metric) {
  const auto response = report(query());
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = response.json().as_object();
  EXPECT_EQ(body.at("totalElements"), 7);
  EXPECT_EQ(body.at("totalPages"), 1);
  EXPECT_EQ(body.at("firstPage"), true);
  EXPECT_EQ(body.at("lastPage"), true);
  EXPECT_EQ(to_json(body.at("columns")),
            R"({"dimension":{"id":"variables/daterangeday","type":"time"},"columnIds":["0","1"]})");
  const auto& first = body.at("rows").as_array().at(0);
  EXPECT_EQ(first.at("itemId"), "1171131") << "as Adobe numbers 31 December 2017";
  EXPECT_EQ(first.at("value"), "Dec 31, 2017");
  EXPECT_EQ(first.at("data").as_array().size(), 2U);
  EXPECT_EQ(body.at("summaryData").at("totals").as_array().size(), 2U);
}

TEST_F(Analytics, checks_a_cached_token_like_a_new_one) {
  ASSERT_EQ(me(token_).status(), 200);
  ASSERT_EQ(me(token_).status(), 200);
  std::string altered(token_.reveal());
  auto& in_the_signature = altered[altered.rfind('.') + 9];
  in_the_signature = in_the_signature == 'A' ? 'B' : 'A';
  EXPECT_EQ(me(Secret(altered)).status(), 401);
  clock().advance(std::chrono::hours(25));
  EXPECT_EQ(me(token_).status(), 401) << "it has expired meanwhile";
}

TEST_F(Analytics, reports_the_same_figures_for_the_same_request) {
  auto other = query();
  other["rsid"] = "another";
  EXPECT_EQ(report(query()).body(), report(query()).body());
  EXPECT_NE(report(query()).body(), report(other).body());
}

TEST_F(Analytics, returns_pages_of_the_requested_size) {
  auto paged = query();
  paged["settings"] = json::object{{"limit", 3}, {"page", 2}};
  const auto body = report(paged).json().as_object();
  EXPECT_EQ(body.at("totalPages"), 3);
  EXPECT_EQ(body.at("numberOfElements"), 1);
  EXPECT_EQ(body.at("number"), 2);
  EXPECT_EQ(body.at("lastPage"), true);
  EXPECT_EQ(body.at("rows").as_array().size(), 1U);
}

TEST_F(Analytics, refuses_a_request_without_report_suite_in_its_own_error_form) {
  const auto response = report(json::object{{"metricContainer", json::object{}}});
  EXPECT_EQ(response.status(), 400);
  EXPECT_NE(member(response, "errorCode"), "");
  EXPECT_NE(member(response, "errorDescription"), "");
  EXPECT_EQ(report(json::array{}).status(), 400);
}

TEST_F(Analytics, refuses_hostile_report_requests) {
  for (const auto* body :
       {R"({"rsid":"x","metricContainer":7})", R"({"rsid":"x","metricContainer":{"metrics":[7]}})",
        R"({"rsid":"x","globalFilters":[{"dateRange":"0001-01-01/9999-12-31"}]})",
        R"({"rsid":"x","globalFilters":[{"dateRange":"a/b"}]})", R"({"rsid":"x","settings":{"limit":-1}})",
        R"({"rsid":"x","settings":{"limit":0}})", R"({"rsid":7})", R"({"rsid":"x","dimension":[]})",
        R"({"rsid":"x","globalFilters":[{"dateRange":"2024-02-01/2024-01-01"}]})"}) {
    const auto status = report(parse_json(body, "body")).status();
    EXPECT_TRUE(status == 200 || status == 400) << body << status;
  }
}

TEST_F(Analytics, refuses_a_missing_or_foreign_company) {
  EXPECT_EQ(report(query(), "").status(), 403);
  EXPECT_EQ(report(query(), "other").status(), 403);
}

TEST_F(Analytics, returns_the_callers_account) {
  const auto response = me(token_);
  ASSERT_EQ(response.status(), 200) << response.body();
  EXPECT_EQ(member(response, "imsUserId"), "ACCOUNT@techacct.adobe.com");
  const auto org = response.json().at("imsOrgs").as_array().at(0);
  EXPECT_EQ(org.at("imsOrgId"), "ORG@AdobeOrg");
  EXPECT_EQ(org.at("companies").as_array().at(0).at("globalCompanyId"), "example");
}

TEST_F(Analytics, refuses_an_expired_token_with_401013) {
  clock().advance(std::chrono::milliseconds(86'399'997));
  EXPECT_EQ(me(token_).status(), 200);
  clock().advance(std::chrono::milliseconds(1));
  const auto response = me(token_);
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(member(response, "error_code"), "401013");
}

TEST_F(Analytics, refuses_forged_and_missing_tokens) {
  const auto claims = jwt::parse_claims(jwt::parse_compact(token_.reveal()).payload);
  EXPECT_EQ(member(me(jwt::sign(claims, test::stranger_key(), jwt::Algorithm::RS256)), "error_code"), "401013");
  EXPECT_EQ(me(Secret("opaque")).status(), 401);
  EXPECT_EQ(http::Request::get(url("/discovery/me")).header("x-api-key", "jwt-client").send(http()).status(), 401);
}

TEST_F(Analytics, refuses_an_assertion_as_token_and_a_key_of_another_client) {
  EXPECT_EQ(me(Secret(assertion())).status(), 401);
  EXPECT_EQ(me(token_, "oauth-client").status(), 403);
  EXPECT_EQ(emulator().stats().at("api_calls"), 2U);
  EXPECT_EQ(emulator().stats().at("api_rejected"), 2U);
}

TEST_F(Analytics, refuses_too_many_metrics) {
  const auto with = [](std::size_t metrics) {
    json::value request = query();
    request.at("metricContainer").as_object()["metrics"] = json::array(metrics, json::object{{"id", "metrics/visits"}});
    return request;
  };
  EXPECT_EQ(report(with(200)).status(), 200);
  EXPECT_EQ(report(with(201)).status(), 400);
}

}  // namespace
}  // namespace adit::emulator
