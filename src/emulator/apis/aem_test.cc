#include <gmock/gmock.h>

#include "adit/emulator.h"

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::TestIms;
using ::testing::HasSubstr;

Integration aem_client(std::vector<std::string> profiles = {"Default"}, std::string id = "cm-p1-e2-integration-0") {
  return {.client_id = std::move(id),
          .client_secrets = {Secret("aem-secret")},
          .org_id = "ORG@AdobeOrg",
          .technical_account_id = "ACCOUNT@techacct.adobe.com",
          .public_keys = {test::bound_key().public_key()},
          .metascopes = {"ent_aem_cloud_api"},
          .product_profiles = std::move(profiles)};
}

class Aem : public testing::Test, public TestIms {
 public:
  std::string token(const std::string& client_id = "cm-p1-e2-integration-0", const std::string& secret = "aem-secret",
                    const std::string& metascope = "ent_aem_cloud_api") {
    auto credentials = jwt_credentials();
    credentials.client_id = client_id;
    credentials.client_secret = Secret(secret);
    credentials.metascopes = {metascope};
    auto ims = client();
    return std::string(ims.fetch_token(credentials).value.reveal());
  }
  http::Response get(std::string_view path, const std::string& token, const std::string& host = {}) {
    auto request = http::Request::get(url(path));
    if (!token.empty()) request.header("Authorization", "Bearer " + token);
    if (!host.empty()) request.header("Host", host);
    return request.send(http());
  }
};

TEST_F(Aem, lists_its_assets_from_the_root_to_the_asset) {
  emulator().register_integration(aem_client());
  const auto bearer = token();
  EXPECT_EQ(test::member(get("/content/dam.json", bearer), "jcr:primaryType"), "sling:Folder");
  auto at = get("/api/assets.json", bearer).json().as_object();
  EXPECT_EQ(at.at("properties").at("name"), "dam");
  for (const auto* name : {"example", "adit.jpg"}) {
    const auto& child = at.at("entities").at(0);
    EXPECT_EQ(child.at("properties").at("name"), name);
    const auto href = std::string(child.at("links").at(0).at("href").as_string());
    ASSERT_TRUE(href.starts_with(emulator().origin())) << href;
    at = get(href.substr(emulator().origin().size()), bearer).json().as_object();
  }
  EXPECT_EQ(at.at("properties").at("metadata").at("dc:format"), "image/jpeg");
  EXPECT_EQ(get("/api/assets/other.json", bearer).status(), 404);
  EXPECT_EQ(get("/api/assets/other/adit.jpg.json", bearer).status(), 404);
}

TEST_F(Aem, answers_401_without_a_token_of_this_ims_and_403_without_permission) {
  emulator().register_integration(aem_client());
  const auto bearer = token();
  for (const auto* path : {"/content/dam.json", "/api/assets.json", "/api/assets/example.json"}) {
    EXPECT_EQ(get(path, "").status(), 401) << path;
    const auto answer = get(path, "undefined");
    EXPECT_EQ(answer.status(), 401) << path;
    EXPECT_EQ(answer.headers().get_or_empty("www-authenticate"), "Bearer");
    EXPECT_EQ(get(path, bearer, "author-p1-e2.adobeaemcloud.com").status(), 200) << path;
    EXPECT_EQ(get(path, bearer, "author-p1-e3.adobeaemcloud.com").status(), 403) << path;
    EXPECT_EQ(get(path, token("jwt-client", "jwt-secret", "ent_analytics_bulk_ingest_sdk")).status(), 403) << path;
  }
  emulator().register_integration(aem_client({}));
  EXPECT_EQ(get("/api/assets.json", bearer).status(), 403);
}

TEST_F(Aem, is_reached_under_the_host_of_every_environment) {
  const auto routes = emulator().routes();
  EXPECT_EQ(routes.apply("https://author-p1-e2.adobeaemcloud.com/api/assets.json"), url("/api/assets.json"));
  EXPECT_EQ(routes.apply("https://publish-p1-e2.adobeaemcloud.com/x"), url("/x"));
}

}  // namespace
}  // namespace adit::emulator
