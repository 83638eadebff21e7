// Tests the action against adit's emulator of IMS and the APIs behind it: real HTTP, real tokens, no account.
#include "generic.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "adit/emulator.h"

namespace {

using boost::json::object;

object inputs(const char* client_id) {
  return {{"API_URL", "https://analytics.adobe.io/discovery/me"},
          {"IMS_OAUTH_S2S_CLIENT_ID", client_id},
          {"IMS_OAUTH_S2S_CLIENT_SECRET", "test"},
          {"IMS_OAUTH_S2S_ORG_ID", "TEST@AdobeOrg"},
          {"IMS_OAUTH_S2S_SCOPES", "openid,AdobeID"}};
}

boost::json::value result(object params) { return run(adit::Params(std::move(params)), {}).result(); }

TEST(Generic, ReturnsTheAnswerOfTheApi) {
  const auto answer = result(inputs("caller"));
  ASSERT_TRUE(answer.as_object().contains("body")) << answer;
  EXPECT_EQ(answer.at("statusCode"), 200);
  EXPECT_FALSE(answer.at("body").as_object().empty());
}

TEST(Generic, NamesTheInputThatIsMissing) {
  auto params = inputs("caller");
  params["API_URL"] = "";
  const auto error = result(std::move(params)).at("error");
  EXPECT_EQ(error.at("statusCode"), 400);
  EXPECT_EQ(error.at("body").at("error"), "missing parameter(s) 'API_URL'");
}

TEST(Generic, Is502IfTheApiRefuses) {
  const auto error = result(inputs("without-product-profile")).at("error");
  EXPECT_EQ(error.at("statusCode"), 502);
  EXPECT_EQ(error.at("body").at("error"), "The API answered 403");
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
      {.integrations = {client("caller", {"Default"}), client("without-product-profile", {})}});
  ::setenv("ADIT_ENDPOINTS", adobe.routes().to_string().c_str(), 1);
  return RUN_ALL_TESTS();
}
