#include "deploy/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text.h"

namespace adit::deploy {
namespace {

Environment of_project(const std::string& text) {
  Environment environment;
  environment.add_file(EnvFile::parse(text, ".env"));
  return environment;
}

std::string code_of(const Environment& environment, const std::string& to) {
  try {
    (void)Destination::of(environment, to);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(Destination, IsAdobesUnlessTheSettingsOrTheOptionSayOtherwise) {
  auto to = Destination::of(of_project("AIO_runtime_namespace=ns\nAIO_runtime_auth=u:p\n"), "");
  EXPECT_EQ(to.platform, Platform::adobe);
  EXPECT_EQ(to.api_host, "https://adobeioruntime.net");
  EXPECT_EQ(to.write_url, "https://deploy-service.app-builder.adp.adobe.io/runtime");
  EXPECT_EQ(to.key.reveal(), "u:p");
  EXPECT_EQ(to.web_url("p/a b"), "https://ns.adobeioruntime.net/api/v1/web/p/a%20b");
  to = Destination::of(of_project("AIO_CLI_ENV=stage\n"), "");
  EXPECT_EQ(to.write_url, "https://deploy-service.stg.app-builder.adp.adobe.io/runtime");
  to = Destination::of(of_project("AIO_DEPLOY_SERVICE_URL=http://localhost:9080/\n"), "adobe");
  EXPECT_EQ(to.write_url, "http://localhost:9080/runtime");

  to = Destination::of(of_project("AIO_RUNTIME_APIHOST=openwhisk.example\n"), "");
  EXPECT_EQ(to.platform, Platform::openwhisk);
  EXPECT_EQ(to.write_url, "https://openwhisk.example");
  EXPECT_FALSE(to.has_adobe_validators());
  EXPECT_EQ(to.web_url("a"), "https://openwhisk.example/api/v1/web/_/default/a");

  to = Destination::of(of_project("AIO_runtime_apihost=https://openwhisk.example\n"), "local");
  EXPECT_EQ(to.platform, Platform::local);
  EXPECT_EQ(to.api_host, "https://localhost:9080");
  EXPECT_TRUE(Destination::of({}, "http://127.0.0.1:9081/").has_adobe_validators());
  EXPECT_EQ(Destination::of({}, "http://127.0.0.1:9081/").api_host, "http://127.0.0.1:9081");
}

TEST(Destination, RefusesWhatIsNotTheUrlOfAHost) {
  for (const auto* to : {"https://user:password@host", "https://host/?a=b", "https://host#x", "ftp://host", "https://"})
    EXPECT_EQ(code_of({}, to), "invalid_destination") << to;
  EXPECT_EQ(code_of(of_project("AIO_runtime_apihost=https://u:p@host\n"), ""), "invalid_destination");
}

TEST(Destination, SendsTheUsersOwnSecretsToNoPlaceThatAProjectNames) {
  auto own = of_project("AIO_runtime_apihost=https://evil.example\n");
  own.set("AIO_runtime_auth", "u:p");
  EXPECT_EQ(code_of(own, ""), "untrusted_destination");
  EXPECT_EQ(code_of(own, "https://other.example"), "none");
  EXPECT_EQ(code_of(own, "local"), "none");
  const auto service = of_project("AIO_DEPLOY_SERVICE_URL=https://evil.example\n");
  const auto to = Destination::of(service, "");
  EXPECT_THROW(to.refuse_untrusted({"IMS_OAUTH_S2S_CLIENT_SECRET", SettingSource::environment, {}}), Error);
  EXPECT_NO_THROW(to.refuse_untrusted({"IMS_OAUTH_S2S_CLIENT_SECRET", SettingSource::project, {}}));
}

}  // namespace
}  // namespace adit::deploy
