// Tests the action against adit's emulator of IMS and Analytics: real HTTP, real tokens, no account.
#include "report.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "adit/emulator.h"

namespace {

using boost::json::object;

object inputs(const char* client_id) {
  return {{"ANALYTICS_COMPANY", "example"},          {"ANALYTICS_REPORT_SUITE", "examplersid"},
          {"IMS_OAUTH_S2S_CLIENT_ID", client_id},    {"IMS_OAUTH_S2S_CLIENT_SECRET", "test"},
          {"IMS_OAUTH_S2S_ORG_ID", "TEST@AdobeOrg"}, {"IMS_OAUTH_S2S_SCOPES", "openid,AdobeID"}};
}

boost::json::value result(object params) { return run(adit::Params(std::move(params)), {}).result(); }

TEST(Report, HasRows) {
  const auto answer = result(inputs("analyst"));
  ASSERT_TRUE(answer.as_object().contains("body")) << answer;
  EXPECT_EQ(answer.at("statusCode"), 200);
  EXPECT_FALSE(answer.at("body").at("rows").as_array().empty());
}

TEST(Report, NamesTheInputThatIsMissing) {
  auto params = inputs("analyst");
  params["ANALYTICS_COMPANY"] = "";
  const auto error = result(std::move(params)).at("error");
  EXPECT_EQ(error.at("statusCode"), 400);
  EXPECT_EQ(error.at("body").at("error"), "missing parameter(s) 'ANALYTICS_COMPANY'");
}

TEST(Report, Is502IfAnalyticsRefuses) {
  const auto error = result(inputs("without-product-profile")).at("error");
  EXPECT_EQ(error.at("statusCode"), 502);
  EXPECT_EQ(error.at("body").at("error"), "Analytics answered 403");
}

adit::emulator::Integration client(const char* id, std::vector<std::string> profiles) {
  return {.client_id = id,
          .client_secrets = {adit::Secret("test")},
          .org_id = "TEST@AdobeOrg",
          .scopes = {"openid", "AdobeID"},
          .product_profiles = std::move(profiles)};
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const adit::emulator::Emulator adobe(
      {.integrations = {client("analyst", {"Default"}), client("without-product-profile", {})}});
  ::setenv("ADIT_ENDPOINTS", adobe.routes().to_string().c_str(), 1);
  return RUN_ALL_TESTS();
}
