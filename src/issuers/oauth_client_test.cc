#include "adit/oauth_client.h"

#include <future>
#include <map>

#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/jwt.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const jwt::SigningKey& client_key() {
  static const auto made = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  return made;
}

/// A server with a token endpoint, which returns `answer`, and `documents` at other paths.
class OAuthClientTest : public testing::Test {
 protected:
  OAuthClientTest()
      : server({}, [this](const http::ServerRequest& request) {
          paths.push_back(request.path);
          if (const auto found = documents.find(request.path); found != documents.end())
            return http::ServerResponse::text(200, found->second, "application/json");
          if (request.path != "/token") return http::ServerResponse::text(404, "no");
          asked = request;
          return answer;
        }) {
    answer_with(200, R"({"access_token":"opaque","token_type":"Bearer","expires_in":3600})");
  }
  void answer_with(int status, std::string body) {
    answer = http::ServerResponse::text(status, std::move(body), "application/json");
    answer.headers.remove("Date");
  }
  OAuthClientOptions options(ClientAuth auth = ClientAuth::client_secret_post) {
    OAuthClientOptions made{.token_endpoint = endpoint(), .client_id = "client", .auth = auth};
    if (auth == ClientAuth::client_secret_basic || auth == ClientAuth::client_secret_post)
      made.client_secret = Secret("top secret:&");
    if (auth == ClientAuth::private_key_jwt) made.key = AssertionKey{.key = client_key(), .key_id = "key-1"};
    return made;
  }
  [[nodiscard]] std::string endpoint() const { return cat(server.origin(), "/token"); }
  [[nodiscard]] std::map<std::string, std::string> form() const {
    std::map<std::string, std::string> fields;
    for (const auto& [name, value] : http::parse_form(asked)) {
      EXPECT_TRUE(fields.emplace(name, value).second) << name << " twice";
    }
    return fields;
  }
  json::object claims_of(const std::string& assertion) {
    return jwt::verify_claims(assertion, client_key().public_key(), jwt::Algorithm::ES256);
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
  [[nodiscard]] std::int64_t now() const { return clock.wall_now().time_since_epoch().count() / 1000; }

  ManualClock clock;
  std::vector<std::string> paths;
  std::map<std::string, std::string> documents;
  http::ServerResponse answer;
  http::ServerRequest asked;
  http::Server server;
  http::Client http;
};

TEST_F(OAuthClientTest, sends_the_secret_in_the_form) {
  OAuthClient client(options(), http, clock);
  const auto token = client.client_credentials({.scopes = {"a", "b"}});
  EXPECT_EQ(token.value.reveal(), "opaque");
  EXPECT_EQ(token.life, std::chrono::hours(1));
  EXPECT_THAT(form(), ElementsAre(Pair("client_id", "client"), Pair("client_secret", "top secret:&"),
                                  Pair("grant_type", "client_credentials"), Pair("scope", "a b")));
  EXPECT_FALSE(asked.headers.has("authorization"));
}

TEST_F(OAuthClientTest, sends_the_secret_as_basic_authentication_with_both_parts_encoded) {
  auto of = options(ClientAuth::client_secret_basic);
  of.client_id = "cli:ent";
  OAuthClient client(of, http, clock);
  static_cast<void>(client.client_credentials());
  EXPECT_EQ(asked.headers.get_or_empty("authorization"), cat("Basic ", base64_encode("cli%3Aent:top+secret%3A%26")));
  EXPECT_THAT(form(), ElementsAre(Pair("grant_type", "client_credentials")));
}

TEST_F(OAuthClientTest, authenticates_with_an_assertion_that_is_never_the_same) {
  OAuthClient client(options(ClientAuth::private_key_jwt), http, clock);
  static_cast<void>(client.client_credentials());
  const auto first = form();
  EXPECT_EQ(first.at("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  EXPECT_EQ(first.at("client_id"), "client");
  EXPECT_FALSE(first.contains("client_secret"));
  const auto claims = claims_of(first.at("client_assertion"));
  EXPECT_EQ(string_member(claims, "iss"), "client");
  EXPECT_EQ(string_member(claims, "sub"), "client");
  EXPECT_EQ(string_member(claims, "aud"), endpoint());
  EXPECT_EQ(claims.at("iat"), json::value(now()));
  EXPECT_EQ(claims.at("exp"), json::value(now() + 300));
  EXPECT_EQ(string_member(jwt::parse_compact(first.at("client_assertion")).header, "kid"), "key-1");
  static_cast<void>(client.client_credentials());
  EXPECT_NE(string_member(claims_of(form().at("client_assertion")), "jti"), string_member(claims, "jti"));
}

TEST_F(OAuthClientTest, uses_the_configured_audience_in_its_assertion) {
  auto of = options(ClientAuth::private_key_jwt);
  of.auth_audience = "https://issuer.example";
  OAuthClient client(of, http, clock);
  static_cast<void>(client.client_credentials());
  EXPECT_EQ(string_member(claims_of(form().at("client_assertion")), "aud"), "https://issuer.example");
}

TEST_F(OAuthClientTest, exchanges_an_assertion_as_a_grant) {
  OAuthClient client(options(ClientAuth::none), http, clock);
  static_cast<void>(client.jwt_bearer({.key = {.key = client_key()},
                                       .issuer = "issuer",
                                       .subject = "somebody",
                                       .audience = "https://as.example",
                                       .claims = {{"extra", true}, {"sub", "somebody else"}}},
                                      {.scopes = {"read"}, .audience = "api", .resource = "https://api.example"}));
  const auto fields = form();
  EXPECT_EQ(fields.at("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  EXPECT_EQ(fields.at("client_id"), "client");
  EXPECT_EQ(fields.at("scope"), "read");
  EXPECT_EQ(fields.at("audience"), "api");
  EXPECT_EQ(fields.at("resource"), "https://api.example");
  const auto claims = claims_of(fields.at("assertion"));
  EXPECT_EQ(string_member(claims, "iss"), "issuer");
  EXPECT_EQ(string_member(claims, "sub"), "somebody else") << "explicit claims replace the others";
  EXPECT_EQ(string_member(claims, "aud"), "https://as.example");
  EXPECT_EQ(claims.at("extra"), json::value(true));
}

TEST_F(OAuthClientTest, sends_a_finished_assertion_unchanged) {
  OAuthClient client(options(), http, clock);
  static_cast<void>(client.jwt_bearer(Secret("a.b.c")));
  EXPECT_EQ(form().at("assertion"), "a.b.c");
}

TEST_F(OAuthClientTest, uses_the_default_life_if_the_answer_has_none) {
  answer_with(200, R"({"access_token":"opaque","token_type":"Bearer"})");
  OAuthClient client(options(), http, clock);
  EXPECT_EQ(client.client_credentials().life, std::chrono::minutes(5));
}

TEST_F(OAuthClientTest, ends_at_a_stop_request_and_at_the_time_limit_of_the_call) {
  std::promise<void> gate;
  http::Server silent({}, [opened = gate.get_future().share()](const http::ServerRequest&) {
    opened.wait();
    return http::ServerResponse::text(200, "too late");
  });
  // Declared after the server, so that it is destroyed first: the server's destructor waits for the answer.
  auto answered = std::move(gate);
  auto to_silent = options();
  to_silent.token_endpoint = cat(silent.origin(), "/token");
  OAuthClient client(to_silent, http);
  EXPECT_EQ(failure([&] { (void)client.client_credentials({.at_most = std::chrono::milliseconds(1)}); }).code(),
            "request_failed");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(failure([&] { (void)client.client_credentials({.stop = stop.get_token()}); }).code(), "cancelled");
  answered.set_value();
}

TEST_F(OAuthClientTest, keeps_the_servers_error_and_quotes_no_secret) {
  answer_with(401, R"({"error":"invalid_client","error_description":"top secret:& is wrong"})");
  OAuthClient client(options(), http, clock);
  const auto error = failure([&] { static_cast<void>(client.client_credentials()); });
  EXPECT_EQ(error.code(), "invalid_client");
  EXPECT_EQ(error.http_status(), 401);
  EXPECT_THAT(error.hint(), HasSubstr("client_secret_basic"));
  EXPECT_THAT(error.to_string(), Not(HasSubstr("top secret:&")));
  EXPECT_THAT(error.to_string(), Not(HasSubstr("IMS"))) << "it is another server";
}

TEST_F(OAuthClientTest, quotes_no_encoded_secret_that_the_server_echoes) {
  const std::string encoded = "top+secret%3A%26";
  answer_with(401, cat(R"({"error":"invalid_client","error_description":"got )", encoded, " and ",
                       base64_encode(cat("client:", encoded)), R"("})"));
  OAuthClient client(options(ClientAuth::client_secret_basic), http, clock);
  EXPECT_EQ(failure([&] { static_cast<void>(client.client_credentials()); }).ims_description(),
            "got <hidden> and <hidden>");
}

TEST_F(OAuthClientTest, rejects_options_that_contradict_each_other) {
  for (auto [auth, spoil] : std::vector<std::pair<ClientAuth, std::function<void(OAuthClientOptions&)>>>{
           {ClientAuth::client_secret_post, [](auto& of) { of.client_secret = Secret(); }},
           {ClientAuth::private_key_jwt, [](auto& of) { of.key.reset(); }},
           {ClientAuth::none, [](auto& of) { of.client_id.clear(); }},
           {ClientAuth::none, [](auto& of) { of.assertion_life = std::chrono::seconds(0); }}}) {
    auto of = options(auth);
    spoil(of);
    const auto error = failure([&] { OAuthClient(of, http, clock); });
    EXPECT_EQ(error.code(), "invalid_oauth_client");
    EXPECT_TRUE(error.is_configuration());
  }
}

TEST_F(OAuthClientTest, discovers_by_rfc8414_or_by_openid_connect) {
  const auto issuer = cat(server.origin(), "/tenant");
  const auto metadata =
      to_json(json::object{{"issuer", issuer},
                           {"token_endpoint", endpoint()},
                           {"jwks_uri", cat(server.origin(), "/jwks")},
                           {"token_endpoint_auth_methods_supported", json::array{"private_key_jwt", 7}}});
  documents["/tenant/.well-known/openid-configuration"] = metadata;
  const auto found = discover(issuer, http);
  EXPECT_EQ(found.token_endpoint, endpoint());
  EXPECT_THAT(found.auth_methods, ElementsAre("private_key_jwt"));
  EXPECT_THAT(
      paths, ElementsAre("/.well-known/oauth-authorization-server/tenant", "/tenant/.well-known/openid-configuration"));
  paths.clear();
  documents["/.well-known/oauth-authorization-server/tenant"] = metadata;
  EXPECT_EQ(discover(issuer + "/", http).jwks_uri, cat(server.origin(), "/jwks"));
  EXPECT_EQ(paths.size(), 1U);
}

TEST_F(OAuthClientTest, rejects_metadata_of_another_issuer_or_without_token_endpoint) {
  const auto origin = server.origin();
  for (const auto& metadata : {json::object{{"issuer", "https://other.example"}, {"token_endpoint", endpoint()}},
                               json::object{{"issuer", origin}}, json::object{}}) {
    documents["/.well-known/oauth-authorization-server"] = to_json(metadata);
    EXPECT_EQ(failure([&] { static_cast<void>(discover(origin, http)); }).code(), "discovery_failed");
  }
  documents.clear();
  EXPECT_EQ(failure([&] { static_cast<void>(discover(origin, http)); }).code(), "discovery_failed");
}

}  // namespace
}  // namespace adit::ims
