#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/error.h"

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::Fields;
using test::member;
using test::outcome;

class ClientCredentials : public testing::Test, public test::TestIms {
 public:
  static Fields fields() {
    return {{"grant_type", "client_credentials"},
            {"client_id", "oauth-client"},
            {"client_secret", "oauth-secret"},
            {"scope", "openid,AdobeID"}};
  }
  static Fields with(const std::string& name, const std::string& value) {
    auto changed = fields();
    std::erase_if(changed, [&](const auto& field) { return field.first == name; });
    changed.emplace_back(name, value);
    return changed;
  }
};

TEST_F(ClientCredentials, are_answered_in_seconds_at_every_version) {
  for (const auto* path : {"/ims/token/v2", "/ims/token/v3", "/ims/token/v4"}) {
    const auto response = post(path, fields());
    ASSERT_EQ(outcome(response), "200") << response.body();
    EXPECT_EQ(response.json().at("expires_in"), 86399);
    EXPECT_EQ(member(response, "token_type"), "bearer");
  }
}

TEST_F(ClientCredentials, are_also_read_from_the_query) {
  const auto response =
      http::Request::post(
          url("/ims/token/v3?grant_type=client_credentials&client_id=oauth-client&scope=openid%2CAdobeID"))
          .form({{"client_secret", Secret("oauth-secret")}})
          .send(http());
  EXPECT_EQ(outcome(response), "200") << response.body();
}

class ClientSecretBasic : public ClientCredentials {
 public:
  http::Response ask(const std::string& authorization, const Fields& more = {}) {
    std::vector<std::pair<std::string, Secret>> form{{"grant_type", Secret("client_credentials")},
                                                     {"scope", Secret("openid")}};
    for (const auto& [name, value] : more) form.emplace_back(name, Secret(value));
    return http::Request::post(url("/ims/token/v3")).form(form).header("Authorization", authorization).send(http());
  }
  static std::string basic(std::string_view pair) { return cat("Basic ", base64_encode(pair)); }
};

TEST_F(ClientSecretBasic, is_accepted_like_parameters) {
  EXPECT_EQ(outcome(ask(basic("oauth-client:oauth-secret"))), "200");
  EXPECT_EQ(outcome(ask(cat("basic ", base64_encode("oauth%2Dclient:oauth-secret")))), "200")
      << "both are form-encoded within (RFC 6749 section 2.3.1)";
  EXPECT_EQ(outcome(ask(basic("oauth-client:oauth-secret"), {{"client_id", "oauth-client"}})), "200");
}

TEST_F(ClientSecretBasic, is_accepted_encoded_or_not_if_it_contains_percent_signs_and_pluses) {
  emulator().register_integration(
      {.client_id = "id+of%41", .client_secrets = {Secret("p8e-a+b%20c%")}, .scopes = {"openid"}});
  EXPECT_EQ(outcome(ask(basic("id+of%41:p8e-a+b%20c%"))), "200") << "as curl -u sends it";
  EXPECT_EQ(outcome(ask(basic("id%2Bof%2541:p8e-a%2Bb%2520c%25"))), "200");
  EXPECT_EQ(outcome(ask(basic("id+of%41:p8e-a+b%20c%"), {{"client_id", "id+of%41"}})), "200");
  EXPECT_EQ(outcome(ask(basic("id+of%41:p8e-a b c%"))), "401 invalid_client");
}

TEST_F(ClientSecretBasic, refusals_name_the_scheme) {
  for (const auto& authorization :
       {basic("oauth-client:wrong"), basic("oauth-client:"), basic("no colon"), std::string("Basic %%%")}) {
    const auto response = ask(authorization);
    EXPECT_EQ(outcome(response), "401 invalid_client") << authorization;
    EXPECT_EQ(response.headers().get_or_empty("www-authenticate"), "Basic realm=\"IMS\"") << authorization;
  }
  EXPECT_FALSE(post("/ims/token/v3", with("client_secret", "nothing")).headers().has("www-authenticate"));
}

TEST_F(ClientSecretBasic, is_refused_beside_a_secret_or_another_client_in_the_form) {
  EXPECT_EQ(outcome(ask(basic("oauth-client:oauth-secret"), {{"client_secret", "oauth-secret"}})),
            "400 invalid_request");
  EXPECT_EQ(outcome(ask(basic("oauth-client:oauth-secret"), {{"client_id", "jwt-client"}})), "400 invalid_request");
}

TEST_F(ClientCredentials, accept_scopes_separated_by_blanks) {
  EXPECT_EQ(outcome(post("/ims/token/v3", with("scope", "openid AdobeID"))), "200");
}

TEST_F(ClientCredentials, are_refused_for_scopes_the_client_does_not_have) {
  EXPECT_EQ(outcome(post("/ims/token/v3", with("scope", "openid,admin"))), "400 invalid_scope");
  EXPECT_EQ(outcome(post("/ims/token/v3", with("scope", ""))), "400 invalid_scope");
}

TEST_F(ClientCredentials, are_refused_for_unknown_clients_and_wrong_secrets) {
  EXPECT_EQ(outcome(post("/ims/token/v3", with("client_id", "nobody"))), "400 invalid_client");
  EXPECT_EQ(outcome(post("/ims/token/v3", with("client_secret", "nothing"))), "401 invalid_client");
}

TEST_F(ClientCredentials, are_refused_for_another_grant) {
  EXPECT_EQ(outcome(post("/ims/token/v3", with("grant_type", "password"))), "400 unsupported_grant_type");
  EXPECT_EQ(outcome(post("/ims/token/v3", with("grant_type", ""))), "400 invalid_request");
}

TEST_F(ClientCredentials, are_refused_for_another_organisation) {
  EXPECT_EQ(outcome(post("/ims/token/v2", with("org_id", "ORG@AdobeOrg"))), "200");
  EXPECT_EQ(outcome(post("/ims/token/v2", with("org_id", "OTHER@AdobeOrg"))), "400 bad_request");
}

TEST_F(ClientCredentials, give_our_client_the_true_life_of_its_token) {
  const auto token = client().fetch_token(oauth_credentials());
  EXPECT_EQ(token.expires_at, clock().wall_now() + token.life);
  EXPECT_EQ(token.life, std::chrono::seconds(86399));
  EXPECT_THAT(token.scopes, testing::ElementsAre("openid", "AdobeID"));
  EXPECT_EQ(emulator().stats().at("exchanges").at("client_credentials"), 1U);
}

TEST(ClientCredentialsOfAShortLife, give_our_client_that_life) {
  Options options;
  options.token_lifetime = std::chrono::seconds(30);
  test::TestIms ims(std::move(options));
  EXPECT_EQ(ims.client().fetch_token(test::TestIms::oauth_credentials()).life, std::chrono::seconds(30));
  EXPECT_EQ(ims.client().fetch_token(test::TestIms::jwt_credentials()).life, std::chrono::seconds(30));
}

}  // namespace
}  // namespace adit::emulator
