#include <gmock/gmock.h>

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::member;
using test::outcome;

class ClientSecrets : public testing::Test, public test::TestIms {
 public:
  ClientSecrets() : token_(client().fetch_token(oauth_credentials()).value.reveal()) {}

  http::Response call(std::string method, const std::string& below = "",
                      const std::string& credential = "oauth-client") {
    return http::Request(std::move(method),
                         url("/console/organizations/23294/credentials/" + credential + "/secrets" + below))
        .bearer(Secret(token_))
        .header("x-api-key", "oauth-client")
        .send(http());
  }
  std::string grant(const std::string& secret) {
    return outcome(post("/ims/token/v3", {{"grant_type", "client_credentials"},
                                          {"client_id", "oauth-client"},
                                          {"client_secret", secret},
                                          {"scope", "openid"}}));
  }
  std::string first_uuid() { return std::string(call("GET").json().at("client_secrets").at(0).at("uuid").as_string()); }

 protected:
  std::string token_;
};

TEST_F(ClientSecrets, are_listed_without_their_values_and_with_their_last_use) {
  const auto list = call("GET");
  ASSERT_EQ(list.status(), 200) << list.body();
  EXPECT_EQ(member(list, "client_id"), "oauth-client");
  ASSERT_EQ(list.json().at("client_secrets").as_array().size(), 1U);
  const auto secret = list.json().at("client_secrets").at(0).as_object();
  EXPECT_EQ(secret.at("expires_at"), "PERMANENT");
  EXPECT_EQ(string_member(secret, "created_at"), std::to_string(clock().wall_now().time_since_epoch().count()));
  EXPECT_EQ(secret.at("secret_usages").at(0).at("grant_type"), "client_credentials");
  EXPECT_THAT(list.body(), testing::Not(testing::HasSubstr("oauth-secret")));
}

TEST_F(ClientSecrets, work_after_they_are_added_until_they_are_removed) {
  const auto added = call("POST");
  ASSERT_EQ(added.status(), 201) << added.body();
  const auto secret = member(added, "client_secret");
  EXPECT_EQ(grant(secret), "200");
  EXPECT_EQ(grant("oauth-secret"), "200");
  EXPECT_EQ(call("DELETE", "/" + first_uuid()).status(), 204);
  EXPECT_EQ(grant("oauth-secret"), "401 invalid_client");
  EXPECT_EQ(grant(secret), "200");
}

TEST_F(ClientSecrets, are_two_at_most_and_one_at_least) {
  EXPECT_EQ(call("POST").status(), 201);
  EXPECT_EQ(call("POST").status(), 400);
  EXPECT_EQ(call("DELETE", "/" + first_uuid()).status(), 204);
  EXPECT_EQ(call("DELETE", "/" + first_uuid()).status(), 400);
  EXPECT_EQ(call("DELETE", "/no-such-uuid").status(), 404);
}

TEST_F(ClientSecrets, are_not_listed_without_a_token_or_for_an_unknown_credential) {
  EXPECT_EQ(call("GET", "", "nobody").status(), 404);
  token_ = "opaque";
  EXPECT_EQ(member(call("GET"), "error_code"), "401013");
  EXPECT_EQ(call("POST").status(), 401);
}

class Gateway : public testing::Test, public test::TestIms {
 public:
  http::Response me() {
    const auto token = client().fetch_token(oauth_credentials());
    return http::Request::get(url("/discovery/me"))
        .bearer(token.value)
        .header("x-api-key", "oauth-client")
        .send(http());
  }
  static Integration oauth_client() {
    return {.client_id = "oauth-client",
            .client_secrets = {Secret("oauth-secret")},
            .org_id = "ORG@AdobeOrg",
            .scopes = {"openid", "AdobeID"}};
  }
};

TEST_F(Gateway, refuses_a_technical_account_without_a_product_profile_with_403025) {
  auto without = oauth_client();
  without.product_profiles.clear();
  emulator().register_integration(without);
  EXPECT_EQ(me().status(), 403);
  EXPECT_EQ(member(me(), "error_code"), "403025");
  emulator().register_integration(oauth_client());
  EXPECT_EQ(me().status(), 200);
}

TEST_F(Gateway, throttles_a_client_that_calls_too_often) {
  auto slow = oauth_client();
  slow.api_rate = Rate{.count = 1, .per = std::chrono::seconds(30)};
  emulator().register_integration(slow);
  EXPECT_EQ(me().status(), 200);
  const auto refused = me();
  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.headers().get_or_empty("retry-after"), "30");
  clock().advance(std::chrono::seconds(30));
  EXPECT_EQ(me().status(), 200);
}

TEST_F(Gateway, throttles_token_requests_for_one_client_alone) {
  auto slow = oauth_client();
  slow.token_rate = Rate{.count = 1, .per = std::chrono::seconds(30)};
  emulator().register_integration(slow);
  const auto ask = [&] {
    return post("/ims/token/v3", {{"grant_type", "client_credentials"},
                                  {"client_id", "oauth-client"},
                                  {"client_secret", "oauth-secret"},
                                  {"scope", "openid"}});
  };
  EXPECT_EQ(outcome(ask()), "200");
  const auto refused = ask();
  EXPECT_EQ(outcome(refused), "429 too_many_requests");
  EXPECT_EQ(refused.headers().get_or_empty("retry-after"), "30");
  EXPECT_EQ(exchange(assertion()).status(), 200) << "another client";
}

}  // namespace
}  // namespace adit::emulator
