#include "deploy/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/text.h"

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

TEST(Destination, is_adobes_by_default) {
  auto to = Destination::of(of_project("AIO_runtime_namespace=ns\nAIO_runtime_auth=u:p\n"), "");
  EXPECT_EQ(to.platform, PlatformKind::adobe);
  EXPECT_EQ(to.api_host, "https://adobeioruntime.net");
  EXPECT_EQ(to.write_url, "https://deploy-service.app-builder.adp.adobe.io/runtime");
  EXPECT_EQ(to.key.reveal(), "u:p");
  EXPECT_EQ(to.web_url("p/a b"), "https://ns.adobeioruntime.net/api/v1/web/p/a%20b");
  to = Destination::of(of_project("AIO_CLI_ENV=stage\n"), "");
  EXPECT_EQ(to.write_url, "https://deploy-service.stg.app-builder.corp.adp.adobe.io/runtime");
  to = Destination::of(of_project("AIO_DEPLOY_SERVICE_URL=http://localhost:9080/\n"), "adobe");
  EXPECT_EQ(to.write_url, "http://localhost:9080/runtime");

  to = Destination::of(of_project("AIO_RUNTIME_APIHOST=openwhisk.example\n"), "");
  EXPECT_EQ(to.platform, PlatformKind::openwhisk);
  EXPECT_EQ(to.write_url, "https://openwhisk.example");
  EXPECT_FALSE(to.has_adobe_validators());
  EXPECT_EQ(to.web_url("a"), "https://openwhisk.example/api/v1/web/_/default/a");

  to = Destination::of(of_project("AIO_runtime_apihost=https://openwhisk.example\n"), "local");
  EXPECT_EQ(to.platform, PlatformKind::local);
  EXPECT_EQ(to.api_host, "https://localhost:9080");
  EXPECT_TRUE(Destination::of({}, "http://127.0.0.1:9081/").has_adobe_validators());
  EXPECT_EQ(Destination::of({}, "http://127.0.0.1:9081/").api_host, "http://127.0.0.1:9081");
}

TEST(Destination, rejects_texts_that_are_not_the_url_of_a_host) {
  for (const auto* to : {"https://user:password@host", "https://host/?a=b", "https://host#x", "ftp://host", "https://"})
    EXPECT_EQ(code_of({}, to), "invalid_destination") << to;
  EXPECT_EQ(code_of(of_project("AIO_runtime_apihost=https://u:p@host\n"), ""), "invalid_destination");
}

TEST(Destination, rejects_texts_that_are_not_the_name_of_a_namespace) {
  for (const auto* name : {"evil.example/", "a#", "a?b", "u:p", "a\\b", "a%2fb", "a b"})
    EXPECT_EQ(code_of(of_project(cat("AIO_runtime_namespace=\"", name, "\"\n")), ""), "invalid_destination") << name;
  EXPECT_EQ(Destination::of(of_project("AIO_runtime_namespace=' 1234-my_App.stage '\n"), "").web_url("p/a"),
            "https://1234-my_App.stage.adobeioruntime.net/api/v1/web/p/a");
}

TEST(Destination, sends_no_secret_of_the_user_to_a_host_that_a_project_names) {
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

TEST(Destination, sends_no_secret_of_the_user_to_a_namespace_that_a_project_names) {
  const SettingOrigin own{"CLIENT_SECRET", SettingSource::environment, {}};
  const SettingOrigin of_file{"CLIENT_SECRET", SettingSource::project, {}};
  const auto refuses = [](const Destination& to, const SettingOrigin& secret, const std::optional<SettingOrigin>& by) {
    try {
      to.refuse_foreign_namespace(secret, by);
      return false;
    } catch (const Error& error) {
      return error.code() == "untrusted_destination";
    }
  };
  const std::string text = "AIO_runtime_auth=u:p\nAIO_runtime_namespace=evil\n";
  for (const auto* host : {"", "https://openwhisk.example", "adobe"}) {
    const auto to = Destination::of(of_project(text), host);
    EXPECT_TRUE(refuses(to, own, to.key_origin)) << host;
    EXPECT_FALSE(refuses(to, of_file, to.key_origin)) << host;
    EXPECT_FALSE(refuses(to, own, own)) << "the user's own credential can only deploy to the user's namespace: "
                                        << host;
  }
  auto named = of_project(text);
  named.set("AIO_runtime_namespace", "mine");
  EXPECT_FALSE(refuses(Destination::of(named, ""), own, Destination::of(named, "").key_origin));
  named.set("AIO_runtime_namespace", "_");
  EXPECT_TRUE(refuses(Destination::of(named, ""), own, Destination::of(named, "").key_origin))
      << "the key decides what _ is";
  EXPECT_FALSE(refuses(Destination::of(of_project(text), "local"), own, of_file));
}

}  // namespace
}  // namespace adit::deploy
