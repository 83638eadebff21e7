// Compiles and runs the two lines with which docs/projects.md uses the emulator in a user's test.
#include <cstdlib>

#include <gmock/gmock.h>

#include "adit/api_client.h"
#include "adit/emulator.h"

#include "base/text/text.h"

namespace {

// clang-format off
TEST(EmulatorInATest, needs_two_lines_for_ims_and_an_api) {
  adit::emulator::Emulator ims({.integrations = {{.client_id = "me", .client_secrets = {adit::Secret("s")}, .scopes = {"openid"}}}});
  ::setenv("ADIT_ENDPOINTS", ims.routes().to_string().c_str(), 1);
  // clang-format on

  const adit::Credentials credentials(adit::OAuthCredentials{
      .client_id = "me", .client_secret = adit::Secret("s"), .org_id = "", .scopes = {"openid"}});
  adit::ApiClient api(credentials);
  const auto answer = api.send(adit::http::Request::get("https://analytics.adobe.io/discovery/me"));
  ::unsetenv("ADIT_ENDPOINTS");
  EXPECT_EQ(answer.status(), 200) << answer.body();
  EXPECT_EQ(ims.stats().at("exchanges").at("client_credentials"), 1U);
}

TEST(EmulatorInATest, has_the_same_two_lines_as_the_documentation) {
  const auto source = adit::read_file(std::string(ADIT_SOURCE_DIR) + "/src/api/emulator_in_a_test_test.cc");
  const auto document = adit::read_file(std::string(ADIT_SOURCE_DIR) + "/docs/projects.md");
  for (const auto* beginning : {"  adit::emulator::Emulator ims(", "  ::setenv("}) {
    const auto at = source.find(beginning);
    EXPECT_THAT(document, testing::HasSubstr(source.substr(at + 2, source.find('\n', at) - at - 2)));
  }
}

}  // namespace
