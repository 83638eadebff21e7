// The calls other than the two grants: what they send, and how they read the answers.
#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/ims.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class ImsCalls : public testing::Test {
 protected:
  ImsCalls()
      : server({}, [this](const http::ServerRequest& request) {
          asked = request;
          return answer;
        }) {
    answer_with(200, "{}");
  }
  void answer_with(int status, std::string body, std::string type = "application/json;charset=UTF-8") {
    answer = http::ServerResponse::text(status, std::move(body), std::move(type));
    answer.headers.set("X-Debug-Id", "debug-4711");
  }
  template <typename Work>
  Error failure(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return Error::failure("none", "It succeeded.");
  }

  http::ServerResponse answer;
  http::ServerRequest asked;
  http::Server server;
  http::Client http;
  Client client{Ims{server.origin()}, http};
  Secret token{"the-token"};
};

TEST_F(ImsCalls, asks_whether_a_token_is_valid) {
  answer_with(200, R"({"valid":true,"token":{"client_id":"the-client","scope":"openid"}})");
  const auto valid = client.validate(token, "the-client");
  EXPECT_TRUE(valid.valid);
  EXPECT_EQ(string_member(valid.claims, "scope"), "openid");
  EXPECT_EQ(cat(asked.method, ' ', asked.path), "POST /ims/validate_token/v1");
  EXPECT_EQ(asked.headers.get_or_empty("authorization"), "Bearer the-token");
  EXPECT_EQ(asked.headers.get_or_empty("x-ims-clientid"), "the-client");
  EXPECT_THAT(http::parse_form(asked), ElementsAre(Pair("type", "access_token"), Pair("client_id", "the-client")));
}

TEST_F(ImsCalls, distinguishes_an_invalid_token_from_a_rejected_validation) {
  answer_with(200, R"({"valid":false,"reason":"expired"})");
  const auto invalid = client.validate(token, "the-client");
  EXPECT_FALSE(invalid.valid);
  EXPECT_EQ(invalid.reason, "expired");
  answer_with(400, R"({"error":"invalid_client","error_description":"who is the-token"})");
  const auto error = failure([&] { static_cast<void>(client.validate(token, "the-client")); });
  EXPECT_EQ(error.code(), "invalid_client");
  EXPECT_EQ(error.debug_id(), "debug-4711");
  EXPECT_THAT(error.to_string(), Not(HasSubstr("the-token")));
  for (const auto* body : {"{}", R"({"valid":"true"})", "[]", "<html>", "", R"({"valid":1})"}) {
    answer_with(200, body);
    EXPECT_EQ(failure([&] { static_cast<void>(client.validate(token, "c")); }).code(), "invalid_response_body") << body;
  }
}

TEST_F(ImsCalls, invalidates_a_token_and_those_derived_from_it) {
  answer_with(200, "");
  client.invalidate(
      token,
      Credentials(OAuthCredentials{
          .client_id = "the-client", .client_secret = Secret("top-secret"), .org_id = "", .scopes = {"openid"}}));
  EXPECT_EQ(cat(asked.method, ' ', asked.path), "POST /ims/invalidate_token/v2");
  EXPECT_EQ(asked.headers.get_or_empty("authorization"), "");
  EXPECT_THAT(http::parse_form(asked), ElementsAre(Pair("token_type", "access_token"), Pair("token", "the-token"),
                                                   Pair("client_id", "the-client"), Pair("client_secret", "top-secret"),
                                                   Pair("cascading", "all")));
}

TEST_F(ImsCalls, quotes_neither_token_nor_secret_if_a_revocation_is_rejected) {
  answer_with(401, R"({"error":"invalid_client","error_description":"top-secret is not for the-token"})");
  const auto error = failure([&] {
    client.invalidate(
        token,
        Credentials(OAuthCredentials{
            .client_id = "the-client", .client_secret = Secret("top-secret"), .org_id = "", .scopes = {"openid"}}));
  });
  EXPECT_EQ(error.http_status(), 401);
  EXPECT_THAT(error.to_string(), Not(HasSubstr("top-secret")));
  EXPECT_THAT(error.to_string(), Not(HasSubstr("the-token")));
}

TEST_F(ImsCalls, fetches_profile_and_user_information) {
  answer_with(200, R"({"userId":"A@techacct.adobe.com"})");
  EXPECT_EQ(string_member(client.profile(token), "userId"), "A@techacct.adobe.com");
  EXPECT_EQ(cat(asked.method, ' ', asked.path, ' ', asked.headers.get_or_empty("authorization")),
            "GET /ims/profile/v1 Bearer the-token");
  answer_with(200, R"({"sub":"A"})");
  EXPECT_EQ(string_member(client.userinfo(token), "sub"), "A");
  EXPECT_EQ(asked.path, "/ims/userinfo/v2");
  answer_with(401, R"({"error":"invalid_token"})");
  EXPECT_EQ(failure([&] { static_cast<void>(client.profile(token)); }).code(), "invalid_token");
}

TEST_F(ImsCalls, lists_organisations_with_the_id_that_credentials_use) {
  answer_with(200, R"([{"orgName":"One","orgRef":{"ident":"ABC","authSrc":"AdobeOrg"},"orgType":"Enterprise","extra":1},
                       {"orgName":"Two","orgRef":{}}, {}])");
  const auto found = client.organizations(token);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].id, "ABC@AdobeOrg");
  EXPECT_EQ(found[0].name, "One");
  EXPECT_EQ(found[0].type, "Enterprise");
  EXPECT_EQ(found[0].whole.at("extra"), json::value(1));
  EXPECT_EQ(found[1].id, "");
  EXPECT_EQ(asked.path, "/ims/organizations/v6");
  answer_with(200, R"({"orgs":[]})");
  EXPECT_EQ(failure([&] { static_cast<void>(client.organizations(token)); }).code(), "invalid_response_body");
}

TEST_F(ImsCalls, fetches_the_keys_without_credentials) {
  const auto key = jwt::SigningKey::generate_rsa();
  const jwt::Jwks published({{key.public_key(), "key-1", "RS256", "sig"}});
  answer_with(200, to_json(published.to_json_object()));
  const auto keys = client.keys();
  ASSERT_NE(keys.find("key-1"), nullptr);
  EXPECT_EQ(keys.find("key-1")->key, key.public_key());
  EXPECT_EQ(cat(asked.method, ' ', asked.path), "GET /ims/keys");
  EXPECT_FALSE(asked.headers.has("authorization"));
  answer_with(200, "{}");
  EXPECT_EQ(failure([&] { static_cast<void>(client.keys()); }).code(), "invalid_jwks");
}

TEST_F(ImsCalls, marks_temporary_failures_as_retryable) {
  answer_with(503, R"({"error":"internal_error"})");
  answer.headers.set("Retry-After", "7");
  const auto busy = failure([&] { static_cast<void>(client.profile(token)); });
  EXPECT_TRUE(busy.retryable());
  EXPECT_EQ(busy.retry_after(), std::chrono::seconds(7));
  answer_with(403, R"({"error":"insufficient_scope"})");
  const auto refused = failure([&] { static_cast<void>(client.organizations(token)); });
  EXPECT_FALSE(refused.retryable());
  EXPECT_THAT(refused.hint(), HasSubstr("scope"));
}

TEST_F(ImsCalls, rejects_answers_above_the_limits) {
  const auto credentials = OAuthCredentials{"the-client", Secret("p8e-secret"), "ORG@AdobeOrg", {"openid"}};
  const auto code = [&](auto&& work) { return failure(work).code(); };
  for (const int status : {200, 400, 500}) {
    answer_with(status, cat(R"({"valid":true,"keys":[],"x":")", std::string(1U << 20U, 'x'), "\"}"));
    EXPECT_EQ(code([&] { static_cast<void>(client.fetch_token(credentials)); }), "response_too_large");
    EXPECT_EQ(code([&] { static_cast<void>(client.validate(token, "the-client")); }), "response_too_large");
    EXPECT_EQ(code([&] { static_cast<void>(client.keys()); }), "response_too_large");
    EXPECT_EQ(code([&] { client.invalidate(token, credentials); }), "response_too_large");
  }
  answer_with(200, cat(R"({"name":")", std::string(2U << 20U, 'x'), "\"}"));
  EXPECT_EQ(client.profile(token).size(), 1U) << "a profile may be larger";
  answer_with(200, cat(R"({"name":")", std::string(8U << 20U, 'x'), "\"}"));
  EXPECT_EQ(code([&] { static_cast<void>(client.profile(token)); }), "response_too_large");
  EXPECT_EQ(code([&] { static_cast<void>(client.organizations(token)); }), "response_too_large");
}

TEST(ImsAnswers, are_not_parsed_above_their_limits_with_any_transport) {
  struct Large final : http::Transport {
    http::Response send(const http::Request& request) override {
      EXPECT_TRUE(request.max_response_bytes());
      return {status, {{"content-type", "application/json"}}, body};
    }
    int status = 200;
    std::string body;
  } large;
  Client client(Ims{"https://ims.example"}, large);
  for (std::string body : {std::string(100'000, '['), "[" + std::string(1U << 20U, ' ') + "]",
                           R"({"access_token":"a","expires_in":5,"x":[)" + std::string(1U << 20U, ' ') + "]}"}) {
    large.body = std::move(body);
    for (const int status : {200, 400}) {
      large.status = status;
      try {
        static_cast<void>(client.fetch_token(OAuthCredentials{"c", Secret("p8e-secret"), "ORG@AdobeOrg", {"openid"}}));
        ADD_FAILURE();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), "invalid_response_body");
      }
    }
  }
}

}  // namespace
}  // namespace adit::ims
