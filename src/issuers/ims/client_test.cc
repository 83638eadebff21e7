#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/ims.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "http/http_date.h"
#include "issuers/ims/answer.h"

namespace adit::ims {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

const jwt::SigningKey& key() {
  static const auto made = jwt::SigningKey::generate_rsa();
  return made;
}

JwtCredentials jwt_credentials() {
  return {.client_id = "the-client",
          .client_secret = Secret("top-secret"),
          .technical_account_id = "ACCOUNT@techacct.adobe.com",
          .org_id = "ORG@AdobeOrg",
          .metascopes = {"ent_analytics_bulk_ingest_sdk", "https://ims-na1.adobelogin.com/s/event_receiver_api", " ",
                         "ent_analytics_bulk_ingest_sdk"},
          .private_key = key()};
}

OAuthCredentials oauth_credentials() {
  return {.client_id = "the-client",
          .client_secret = Secret("top-secret"),
          .org_id = "ORG@AdobeOrg",
          .scopes = {"openid", "AdobeID"}};
}

/// A server that returns `answer` to every request, and a client with a manual clock.
class ImsClient : public testing::Test {
 protected:
  ImsClient()
      : server_({}, [this](const http::ServerRequest& request) {
          asked = request;
          return answer;
        }) {
    answer_ok(R"({"token_type":"bearer","access_token":"opaque","expires_in":3600000})");
  }

  void answer_with(int status, std::string body, std::string type = "application/json;charset=UTF-8") {
    answer = http::ServerResponse::text(status, std::move(body), std::move(type));
    answer.headers.set("X-Debug-Id", "debug-4711");
    set_server_time(seconds(0));
  }
  void answer_ok(std::string body) { answer_with(200, std::move(body)); }
  void set_server_time(seconds ahead) {
    answer.headers.set("Date", http::format_http_date(std::chrono::floor<seconds>(clock.wall_now()) + ahead));
  }
  /// A token in IMS's form, with a signature that nothing here verifies.
  [[nodiscard]] static std::string token(WallTime created, milliseconds life) {
    const auto claims = json::object{{"type", "access_token"},
                                     {"scope", "a,b"},
                                     {"created_at", std::to_string(created.time_since_epoch().count())},
                                     {"expires_in", std::to_string(life.count())}};
    return cat(base64url_encode(R"({"alg":"RS256"})"), ".", base64url_encode(to_json(claims)), ".AAAA");
  }
  Error failure(const Credentials& credentials) {
    try {
      static_cast<void>(client.fetch_token(credentials));
    } catch (const Error& error) {
      return error;
    }
    return Error::failure("none", "It succeeded.");
  }

  ManualClock clock;
  http::ServerResponse answer;
  http::ServerRequest asked;
  http::Server server_;
  http::Client http;
  Client client{Ims{server_.origin()}, http, clock};
};

TEST_F(ImsClient, signs_exactly_the_claims_that_ims_expects) {
  const auto claims = jwt::verify_claims(make_assertion(jwt_credentials(), Ims::prod(), clock.wall_now()).reveal(),
                                         key().public_key(), jwt::Algorithm::RS256);
  EXPECT_EQ(to_json(claims), cat(R"({"exp":)", clock.wall_now().time_since_epoch().count() / 1000 + 300,
                                 R"(,"iss":"ORG@AdobeOrg","sub":"ACCOUNT@techacct.adobe.com",)",
                                 R"("aud":"https://ims-na1.adobelogin.com/c/the-client",)",
                                 R"("https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk":true,)",
                                 R"("https://ims-na1.adobelogin.com/s/event_receiver_api":true})"));
}

TEST_F(ImsClient, signs_only_with_an_rsa_key) {
  auto credentials = jwt_credentials();
  credentials.private_key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  EXPECT_EQ(failure(credentials).code(), "sign_failed");
}

TEST_F(ImsClient, posts_the_assertion_as_a_form) {
  static_cast<void>(client.fetch_token(jwt_credentials()));
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.path, "/ims/exchange/jwt");
  EXPECT_EQ(asked.headers.get_or_empty("content-type").substr(0, 33), "application/x-www-form-urlencoded");
  const auto form = http::parse_form(asked);
  ASSERT_EQ(form.size(), 3U);
  EXPECT_EQ(form[0], std::pair(std::string("client_id"), std::string("the-client")));
  EXPECT_EQ(form[1], std::pair(std::string("client_secret"), std::string("top-secret")));
  EXPECT_EQ(form[2].first, "jwt_token");
}

TEST_F(ImsClient, posts_client_credentials_with_scopes_separated_by_commas) {
  static_cast<void>(client.fetch_token(oauth_credentials()));
  EXPECT_EQ(asked.path, "/ims/token/v3");
  EXPECT_THAT(
      http::parse_form(asked),
      testing::ElementsAre(testing::Pair("grant_type", "client_credentials"), testing::Pair("client_id", "the-client"),
                           testing::Pair("client_secret", "top-secret"), testing::Pair("scope", "openid,AdobeID"),
                           testing::Pair("org_id", "ORG@AdobeOrg")));
}

TEST_F(ImsClient, reads_milliseconds_from_the_exchange_and_seconds_from_the_token_endpoint) {
  answer_ok(R"({"token_type":"bearer","access_token":"opaque","expires_in":86399998})");
  EXPECT_EQ(client.fetch_token(jwt_credentials()).life, milliseconds(86'399'998));
  answer_ok(R"({"token_type":"bearer","access_token":"opaque","expires_in":86399})");
  EXPECT_EQ(client.fetch_token(oauth_credentials()).life, seconds(86'399));
}

TEST_F(ImsClient, reads_milliseconds_if_seconds_are_implausible) {
  answer_ok(R"({"token_type":"bearer","access_token":"opaque","expires_in":86399998})");
  EXPECT_EQ(client.fetch_token(oauth_credentials()).life, milliseconds(86'399'998));
}

TEST_F(ImsClient, uses_the_claims_if_expires_in_disagrees) {
  answer_ok(cat(R"({"token_type":"bearer","access_token":")", token(clock.wall_now() - seconds(600), seconds(3600)),
                R"(","expires_in":86399998})"));
  const auto fetched = client.fetch_token(jwt_credentials());
  EXPECT_EQ(fetched.life, seconds(3000)) << "created ten minutes ago, for an hour";
  EXPECT_EQ(fetched.expires_at, clock.wall_now() + seconds(3000));
  EXPECT_EQ(fetched.expires_at_monotonic, clock.monotonic_now() + seconds(3000));
  EXPECT_THAT(fetched.scopes, testing::ElementsAre("a", "b"));
}

TEST_F(ImsClient, uses_the_shorter_of_two_lives_that_nearly_agree) {
  for (const auto off : {seconds(-30), seconds(30)}) {
    answer_ok(cat(R"({"access_token":")", token(clock.wall_now(), seconds(3600) + off), R"(","expires_in":3600000})"));
    const auto life = client.fetch_token(jwt_credentials()).life;
    EXPECT_LE(life, seconds(3600) + std::min(off, seconds(0)));
    EXPECT_GE(life, seconds(3600) + std::min(off, seconds(0)) - seconds(1)) << "Date has whole seconds";
  }
}

TEST_F(ImsClient, computes_the_life_by_the_servers_clock) {
  answer_ok(cat(R"({"token_type":"bearer","access_token":")", token(clock.wall_now() + seconds(7200), seconds(86400)),
                R"(","expires_in":86400000})"));
  set_server_time(seconds(7200));
  const auto life = client.fetch_token(jwt_credentials()).life;
  EXPECT_GE(life, seconds(86398));
  EXPECT_LE(life, seconds(86400));
}

TEST_F(ImsClient, a_token_that_was_created_after_the_servers_date_does_not_live_longer) {
  answer_ok(cat(R"({"access_token":")", token(clock.wall_now() + std::chrono::hours(24 * 11), seconds(3600)),
                R"(","expires_in":3600000})"));
  set_server_time(seconds(0));
  EXPECT_EQ(client.fetch_token(jwt_credentials()).life, seconds(3600));
}

TEST_F(ImsClient, uses_the_whole_life_of_the_claims_if_there_is_no_date) {
  answer_ok(
      cat(R"({"access_token":")", token(clock.wall_now() - std::chrono::hours(24 * 365), seconds(3600)), R"("})"));
  answer.headers.set("Date", "yesterday");
  EXPECT_EQ(client.fetch_token(jwt_credentials()).life, seconds(3600));
}

TEST_F(ImsClient, rejects_an_expired_token) {
  answer_ok(cat(R"({"access_token":")", token(clock.wall_now() - seconds(7200), seconds(3600)),
                R"(","expires_in":3600000})"));
  EXPECT_EQ(failure(jwt_credentials()).code(), "invalid_response_body");
}

TEST_F(ImsClient, rejects_answers_that_do_not_have_the_form_of_ims) {
  for (const auto* body :
       {"", "null", "[]", "{}", "{", R"({"access_token":"x"})", R"({"access_token":7,"expires_in":1})",
        R"({"access_token":"","expires_in":1000})", R"({"access_token":"x","expires_in":0})",
        R"({"access_token":"x","expires_in":-5})", R"({"access_token":"x","expires_in":"soon"})",
        R"({"access_token":"x\r\ny","expires_in":1000})", R"({"access_token":"x","expires_in":1.5})",
        R"({"access_token":"x","expires_in":1000,"token_type":"mac"})", "<html></html>"}) {
    answer_ok(body);
    EXPECT_EQ(failure(jwt_credentials()).code(), "invalid_response_body") << body;
  }
}

TEST_F(ImsClient, accepts_numbers_as_text_and_limits_huge_ones) {
  answer_ok(R"({"access_token":"x","expires_in":"3600000"})");
  EXPECT_EQ(client.fetch_token(jwt_credentials()).life, seconds(3600));
  answer_ok(R"({"access_token":"x","expires_in":9223372036854775807})");
  EXPECT_GT(client.fetch_token(jwt_credentials()).expires_at, clock.wall_now());
  EXPECT_GT(client.fetch_token(oauth_credentials()).expires_at_monotonic, clock.monotonic_now());
}

TEST_F(ImsClient, keeps_the_error_of_ims) {
  answer_with(401, R"({"error":"invalid_client","error_description":"invalid client_secret parameter"})");
  const auto error = failure(jwt_credentials());
  EXPECT_EQ(error.code(), "invalid_client");
  EXPECT_EQ(error.ims_error(), "invalid_client");
  EXPECT_EQ(error.ims_description(), "invalid client_secret parameter");
  EXPECT_EQ(error.debug_id(), "debug-4711");
  EXPECT_EQ(error.http_status(), 401);
  EXPECT_FALSE(error.retryable());
  EXPECT_THAT(error.hint(), HasSubstr("JWT_CLIENT_SECRET"));
}

TEST_F(ImsClient, gives_a_hint_for_each_refusal) {
  const std::vector<std::tuple<int, std::string, std::string, std::string>> rows = {
      {400, "invalid_client", "no such integration", "JWT_CLIENT_ID"},
      {401, "invalid_client", "lacks the exchange_jwt scope", "IMS_OAUTH_S2S"},
      {400, "invalid_token", "Could not match JWT signature to any of the bindings", "JWT_PRIVATE_KEY"},
      {400, "invalid_token", "JWT token has expired", "clock"},
      {400, "invalid_signature", "", "JWT_PRIVATE_KEY"},
      {400, "invalid_scope", "", "JWT_METASCOPES"},
      {400, "bad_request", "", "JWT_TECHNICAL_ACCOUNT_ID"},
      {500, "internal_error", "", "IMS_OAUTH_S2S_CLIENT_ID"}};
  for (const auto& [status, code, description, hint] : rows) {
    answer_with(status, to_json(json::object{{"error", code}, {"error_description", description}}));
    const auto error = failure(jwt_credentials());
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.hint(), HasSubstr(hint)) << code << description;
    EXPECT_EQ(error.retryable(), status == 500);
  }
}

TEST_F(ImsClient, names_the_variables_of_the_refused_grant) {
  answer_with(401, R"({"error":"invalid_client"})");
  const auto error = failure(oauth_credentials());
  EXPECT_THAT(error.hint(), HasSubstr("IMS_OAUTH_S2S_CLIENT_SECRET"));
}

TEST_F(ImsClient, says_that_this_machines_clock_is_wrong) {
  answer_with(400, R"({"error":"invalid_token","error_description":"JWT token has expired"})");
  set_server_time(seconds(3 * 3600));
  const auto error = failure(jwt_credentials());
  EXPECT_THAT(error.hint(), HasSubstr("3 hours behind"));
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.retry_after(), milliseconds(0));
  static_cast<void>(failure(jwt_credentials()));
  const auto assertion = http::parse_form(asked)[2].second;
  const auto exp = jwt::parse_claims(jwt::parse_compact(assertion).payload).at("exp").as_int64();
  EXPECT_NEAR(static_cast<double>(exp),
              static_cast<double>(clock.wall_now().time_since_epoch().count() / 1000 + 3 * 3600 + 300), 1);
  const auto again = failure(jwt_credentials());
  EXPECT_FALSE(again.retryable()) << "the difference between the clocks is known by now";
}

TEST_F(ImsClient, says_that_the_clock_is_wrong_if_exp_is_too_far_ahead) {
  answer_with(400, R"({"error":"bad_request","error_description":"The claim exp of the JWT is malformed"})");
  set_server_time(seconds(-26 * 3600));
  const auto error = failure(jwt_credentials());
  EXPECT_THAT(error.hint(), HasSubstr("26 hours ahead"));
  EXPECT_TRUE(error.retryable());
  const auto again = failure(jwt_credentials());
  EXPECT_FALSE(again.retryable());
  EXPECT_THAT(again.hint(), HasSubstr("JWT_IMS_ORG"));
}

TEST_F(ImsClient, ignores_differences_within_the_resolution_of_date) {
  for (const auto ahead : {seconds(-2), seconds(1)}) {
    set_server_time(ahead);
    static_cast<void>(client.fetch_token(jwt_credentials()));
    EXPECT_EQ(client.clock_skew(), milliseconds(0));
  }
}

TEST_F(ImsClient, shows_no_secret_that_the_server_echoes) {
  answer_with(400, R"({"error":"invalid_scope","error_description":"no top-secret\nhere"})");
  const auto error = failure(jwt_credentials());
  EXPECT_THAT(error.to_string(), Not(HasSubstr("top-secret")));
  EXPECT_EQ(error.ims_description(), "no <hidden> here");
}

TEST_F(ImsClient, does_not_quote_the_type_of_a_token) {
  answer_ok(R"({"access_token":"x","expires_in":1000,"token_type":"top-secret\r\nadit: error"})");
  EXPECT_EQ(failure(jwt_credentials()).message(), "IMS answered with a token whose `token_type` is not bearer.");
}

TEST_F(ImsClient, recognises_html) {
  answer_with(503, "<!DOCTYPE html><p>Sign in</p>", "text/html");
  answer.headers.set("Retry-After", "3");
  const auto error = failure(jwt_credentials());
  EXPECT_EQ(error.code(), "invalid_response_body");
  EXPECT_THAT(error.message(), HasSubstr("HTML"));
  EXPECT_THAT(error.to_string(), HasSubstr("503"));
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.retry_after(), seconds(3));
}

TEST_F(ImsClient, follows_no_redirect) {
  answer_with(302, "");
  answer.headers.set("Location", "http://127.0.0.1:1/elsewhere");
  const auto error = failure(jwt_credentials());
  EXPECT_EQ(error.code(), "invalid_response_body");
  EXPECT_THAT(error.hint(), HasSubstr("elsewhere"));
}

TEST_F(ImsClient, says_where_to_only_if_an_answer_redirects) {
  for (const auto status : {300, 302, 304}) {
    answer_with(status, "");
    EXPECT_THAT(failure(jwt_credentials()).hint(), Not(HasSubstr("redirects"))) << status;
  }
}

TEST(UnreachableIms, is_a_retryable_error) {
  std::string gone;
  {
    const http::Server server({}, [](const http::ServerRequest&) { return http::ServerResponse(); });
    gone = server.origin();
  }
  http::Client http;
  Client client(Ims{gone}, http);
  try {
    static_cast<void>(client.client_credentials(oauth_credentials()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "request_failed");
    EXPECT_TRUE(error.retryable());
  }
}

}  // namespace
}  // namespace adit::ims
