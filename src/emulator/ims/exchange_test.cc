#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::bound_key;
using test::Fields;
using test::member;
using test::outcome;
using test::second_bound_key;
using test::stranger_key;
using test::TestIms;
using testing::HasSubstr;

class JwtExchange : public testing::Test, public TestIms {};

std::string text(const json::object& claims, std::string_view name) { return std::string(string_member(claims, name)); }

TEST_F(JwtExchange, answers_a_valid_assertion_with_a_bearer_token_and_milliseconds) {
  const auto response = exchange(assertion());
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = response.json().as_object();
  EXPECT_EQ(body.at("token_type"), "bearer");
  EXPECT_EQ(body.at("expires_in"), 86399998);
  EXPECT_EQ(response.headers().get_or_empty("content-type"), "application/json;charset=UTF-8");
  EXPECT_EQ(response.headers().get_or_empty("cache-control"), "no-store");
}

TEST_F(JwtExchange, gives_a_token_that_verifies_with_the_published_keys_and_carries_the_claims_of_ims) {
  const auto token = member(exchange(assertion()), "access_token");
  const auto header = jwt::parse_compact(token).header;
  EXPECT_EQ(header.at("alg"), "RS256");
  EXPECT_EQ(header.at("itt"), "at");
  EXPECT_TRUE(header.contains("x5u"));
  const auto keys = jwt::Jwks::parse(http::Request::get(url("/ims/keys")).send(http()).body());
  const auto* key = keys.find(string_member(header, "kid"));
  ASSERT_NE(key, nullptr);
  const auto claims = jwt::verify_claims(token, key->key, jwt::Algorithm::RS256);
  EXPECT_EQ(text(claims, "type"), "access_token");
  EXPECT_EQ(text(claims, "client_id"), "jwt-client");
  EXPECT_EQ(text(claims, "user_id"), "ACCOUNT@techacct.adobe.com");
  EXPECT_EQ(text(claims, "aa_id"), "ACCOUNT@techacct.adobe.com");
  EXPECT_EQ(text(claims, "as"), "ims-na1");
  EXPECT_EQ(text(claims, "scope"), "openid,ent_analytics_bulk_ingest_sdk");
  EXPECT_EQ(text(claims, "created_at"), std::to_string(clock().wall_now().time_since_epoch().count()));
  EXPECT_EQ(text(claims, "expires_in"), "86399998");
}

TEST_F(JwtExchange, answers_at_all_three_paths) {
  for (const auto* path : {"/ims/exchange/jwt", "/ims/exchange/jwt/", "/ims/exchange/v1/jwt"}) {
    const auto response =
        post(path, {{"client_id", "jwt-client"}, {"client_secret", "jwt-secret"}, {"jwt_token", assertion()}});
    EXPECT_EQ(outcome(response), "200") << path << response.body();
  }
}

TEST_F(JwtExchange, accepts_multipart_as_form_data_sends_it) {
  const std::string boundary = "--------------------------515890814546601021194782";
  std::string body;
  for (const auto& [name, value] :
       test::Fields{{"client_id", "jwt-client"}, {"client_secret", "jwt-secret"}, {"jwt_token", assertion()}}) {
    body += cat("--", boundary, "\r\nContent-Disposition: form-data; name=\"", name, "\"\r\n\r\n", value, "\r\n");
  }
  body += cat("--", boundary, "--\r\n");
  const auto response = http::Request::post(url("/ims/exchange/jwt"))
                            .body(body, "multipart/form-data; boundary=" + boundary)
                            .send(http());
  EXPECT_EQ(outcome(response), "200") << response.body();
}

TEST_F(JwtExchange, accepts_every_secret_and_every_bound_key_of_the_client) {
  EXPECT_EQ(outcome(exchange(assertion(), "old-secret")), "200");
  EXPECT_EQ(outcome(exchange(signed_by(second_bound_key(), claims()))), "200");
}

TEST_F(JwtExchange, accepts_the_audience_of_production_of_stage_and_of_the_requests_host) {
  for (const auto& ims :
       {std::string("https://ims-na1.adobelogin.com"), std::string("https://ims-na1-stg1.adobelogin.com"),
        cat("http://localhost:", emulator().port())}) {
    auto spoilt = claims();
    spoilt["aud"] = ims + "/c/jwt-client";
    const auto response = http::Request::post(url("/ims/exchange/jwt"))
                              .header("host", cat("localhost:", emulator().port()))
                              .form({{"client_id", Secret("jwt-client")},
                                     {"client_secret", Secret("jwt-secret")},
                                     {"jwt_token", Secret(signed_by(bound_key(), spoilt))}})
                              .send(http());
    EXPECT_EQ(outcome(response), "200") << ims << response.body();
  }
}

TEST_F(JwtExchange, gives_every_answer_its_own_debug_id) {
  const auto good = exchange(assertion());
  const auto bad = exchange("nonsense");
  EXPECT_EQ(good.headers().get_or_empty("x-debug-id").size(), 36U);
  EXPECT_EQ(bad.headers().get_or_empty("x-debug-id").size(), 36U);
  EXPECT_NE(good.headers().get_or_empty("x-debug-id"), bad.headers().get_or_empty("x-debug-id"));
}

// The rows of docs/protocols/ims.md's table of errors.

TEST_F(JwtExchange, refuses_an_unknown_client) {
  EXPECT_EQ(outcome(exchange(assertion(), "jwt-secret", "nobody")), "400 invalid_client");
}

TEST_F(JwtExchange, refuses_a_request_without_client_id) {
  EXPECT_EQ(outcome(post("/ims/exchange/jwt", {{"jwt_token", assertion()}})), "400 invalid_client");
}

TEST_F(JwtExchange, refuses_an_audience_of_another_client) {
  auto spoilt = claims();
  spoilt["aud"] = ims().url + "/c/oauth-client";
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_client");
}

TEST_F(JwtExchange, refuses_an_audience_of_another_ims) {
  for (const auto* aud : {"https://ims.example.com/c/jwt-client", "jwt-client", "/c/jwt-client", ""}) {
    auto spoilt = claims();
    spoilt["aud"] = aud;
    EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_client") << aud;
  }
}

TEST_F(JwtExchange, refuses_an_assertion_without_audience) {
  auto spoilt = claims();
  spoilt.erase("aud");
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_client");
}

TEST_F(JwtExchange, refuses_a_wrong_secret) {
  EXPECT_EQ(outcome(exchange(assertion(), "jwt-secret ")), "401 invalid_client");
  EXPECT_EQ(outcome(exchange(assertion(), "")), "401 invalid_client");
}

TEST_F(JwtExchange, refuses_an_integration_without_the_scope_to_exchange) {
  auto client = Integration{.client_id = "jwt-client", .client_secrets = {Secret("jwt-secret")}};
  client.may_exchange_jwt = false;
  emulator().register_integration(client);
  const auto response = exchange(assertion());
  EXPECT_EQ(outcome(response), "401 invalid_client");
  EXPECT_THAT(member(response, "error_description"), HasSubstr("exchange_jwt"));
}

TEST_F(JwtExchange, answers_an_internal_error_for_an_integration_converted_to_o_auth) {
  auto client = Integration{.client_id = "jwt-client", .client_secrets = {Secret("jwt-secret")}};
  client.converted_to_oauth = true;
  emulator().register_integration(client);
  EXPECT_EQ(outcome(exchange(assertion())), "500 internal_error");
}

TEST_F(JwtExchange, refuses_a_request_without_assertion) {
  EXPECT_EQ(outcome(exchange("")), "400 invalid_token");
  EXPECT_EQ(outcome(post("/ims/exchange/jwt", {{"client_id", "jwt-client"}, {"client_secret", "jwt-secret"}})),
            "400 invalid_token");
}

TEST_F(JwtExchange, refuses_text_that_is_not_a_jwt) {
  for (const auto* jwt : {"nonsense", "a.b", "a.b.c", "e30.e30.", "..", "e30.W10.AAAA"}) {
    EXPECT_EQ(exchange(jwt).status(), 400) << jwt;
  }
  EXPECT_EQ(outcome(exchange("a.b.c")), "400 invalid_token");
}

TEST_F(JwtExchange, refuses_an_expired_assertion) {
  const auto old = assertion();
  clock().advance(std::chrono::seconds(300));
  EXPECT_EQ(outcome(exchange(old)), "400 invalid_token");
}

TEST_F(JwtExchange, accepts_an_assertion_until_its_last_second) {
  const auto old = assertion();
  clock().advance(std::chrono::seconds(299));
  EXPECT_EQ(outcome(exchange(old)), "200");
}

TEST_F(JwtExchange, refuses_an_exp_that_is_not_an_integer) {
  for (const json::value& exp : {json::value("soon"), json::value(1.5), json::value(nullptr), json::value(true)}) {
    auto spoilt = claims();
    spoilt["exp"] = exp;
    EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_token") << to_json(exp);
  }
}

TEST_F(JwtExchange, refuses_a_jti_that_is_not_an_integer) {
  auto spoilt = claims();
  spoilt["jti"] = "4711";
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_token");
  spoilt["jti"] = 4711;
  EXPECT_EQ(outcome(exchange(spoilt)), "200");
}

TEST_F(JwtExchange, refuses_the_signature_of_an_unbound_key_with_the_message_of_ims) {
  const auto response = exchange(signed_by(stranger_key(), claims()));
  EXPECT_EQ(outcome(response), "400 invalid_token");
  EXPECT_EQ(member(response, "error_description"), "Could not match JWT signature to any of the bindings");
}

TEST_F(JwtExchange, refuses_an_assertion_that_was_changed_after_signing) {
  auto jwt = assertion();
  auto spoilt = claims();
  spoilt["exp"] = spoilt["exp"].as_int64() + 1;
  const auto first = jwt.find('.');
  const auto second = jwt.find('.', first + 1);
  jwt = jwt.substr(0, first + 1) + base64url_encode(to_json(spoilt)) + jwt.substr(second);
  EXPECT_EQ(outcome(exchange(jwt)), "400 invalid_token");
}

TEST_F(JwtExchange, refuses_another_algorithm_than_rs256_even_of_a_bound_key) {
  EXPECT_EQ(outcome(exchange(signed_by(bound_key(), claims(), jwt::Algorithm::RS512))), "400 invalid_signature");
  EXPECT_EQ(outcome(exchange(signed_by(bound_key(), claims(), jwt::Algorithm::PS256))), "400 invalid_signature");
}

TEST_F(JwtExchange, refuses_a_signature_that_does_not_fit_the_algorithm) {
  const auto jwt = assertion();
  const auto unsigned_part = jwt.substr(0, jwt.rfind('.') + 1);
  EXPECT_EQ(outcome(exchange(unsigned_part + base64url_encode("too short"))), "400 invalid_signature");
}

TEST_F(JwtExchange, refuses_an_unsigned_assertion) {
  const auto payload = base64url_encode(to_json(claims()));
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})", R"({})"}) {
    EXPECT_EQ(exchange(cat(base64url_encode(header), ".", payload, ".")).status(), 400) << header;
  }
}

TEST_F(JwtExchange, refuses_metascopes_outside_the_binding) {
  auto spoilt = claims();
  spoilt["https://ims-na1.adobelogin.com/s/ent_campaign_sdk"] = true;
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_scope");
}

TEST_F(JwtExchange, refuses_the_metascopes_of_another_ims) {
  auto foreign = claims();
  foreign["https://ims.example.com/s/event_receiver_api"] = true;
  EXPECT_EQ(outcome(exchange(foreign)), "400 invalid_scope");
  auto stage = claims();
  stage["https://ims-na1-stg1.adobelogin.com/s/event_receiver_api"] = true;
  EXPECT_EQ(outcome(exchange(stage)), "200");
}

TEST_F(JwtExchange, refuses_a_parameter_that_is_given_twice) {
  const Fields right{{"client_id", "jwt-client"}, {"client_secret", "jwt-secret"}, {"jwt_token", assertion()}};
  for (const auto& [name, value] : right) {
    auto fields = right;
    fields.emplace_back(name, value);
    EXPECT_EQ(outcome(post("/ims/exchange/jwt", fields)), "400 invalid_request") << name;
  }
  EXPECT_EQ(outcome(post("/ims/exchange/jwt?x=1&x=2", right)), "400 invalid_request");
  EXPECT_EQ(outcome(post("/ims/exchange/jwt?client_id=another", right)), "200") << "the body's counts";
}

TEST_F(JwtExchange, refuses_an_assertion_without_metascope) {
  auto spoilt = claims();
  spoilt.erase(ims().url + "/s/ent_analytics_bulk_ingest_sdk");
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_scope");
}

TEST_F(JwtExchange, refuses_a_metascope_that_is_not_true) {
  auto spoilt = claims();
  spoilt[ims().url + "/s/ent_analytics_bulk_ingest_sdk"] = "true";
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_scope");
}

TEST_F(JwtExchange, refuses_malformed_issuer_and_subject) {
  for (const auto* claim : {"iss", "sub"}) {
    for (const json::value& value : {json::value("someone"), json::value(7), json::value("")}) {
      auto spoilt = claims();
      spoilt[claim] = value;
      EXPECT_EQ(outcome(exchange(spoilt)), "400 bad_request") << claim;
    }
    auto spoilt = claims();
    spoilt.erase(claim);
    EXPECT_EQ(outcome(exchange(spoilt)), "400 bad_request") << claim;
  }
}

TEST_F(JwtExchange, refuses_the_organisation_and_the_account_of_others) {
  auto spoilt = claims();
  spoilt["iss"] = "OTHER@AdobeOrg";
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_token");
  spoilt = claims();
  spoilt["sub"] = "OTHER@techacct.adobe.com";
  EXPECT_EQ(outcome(exchange(spoilt)), "400 invalid_token");
}

TEST_F(JwtExchange, refuses_a_malformed_exp) {
  const auto now = clock().wall_now().time_since_epoch().count() / 1000;
  for (const std::int64_t exp : {std::int64_t{0}, std::int64_t{-1}, (now + 300) * 1000, now + 2 * 86400}) {
    auto spoilt = claims();
    spoilt["exp"] = exp;
    EXPECT_EQ(outcome(exchange(spoilt)), "400 bad_request") << exp;
  }
  auto spoilt = claims();
  spoilt.erase("exp");
  EXPECT_EQ(outcome(exchange(spoilt)), "400 bad_request");
}

TEST_F(JwtExchange, accepts_an_exp_one_day_ahead) {
  auto spoilt = claims();
  spoilt["exp"] = clock().wall_now().time_since_epoch().count() / 1000 + 86400;
  EXPECT_EQ(outcome(exchange(spoilt)), "200");
}

TEST_F(JwtExchange, refuses_a_body_that_is_not_a_form) {
  const auto response = http::Request::post(url("/ims/exchange/jwt")).json({{"client_id", "jwt-client"}}).send(http());
  EXPECT_EQ(outcome(response), "400 bad_request");
}

TEST_F(JwtExchange, counts_what_it_grants_and_what_it_refuses) {
  static_cast<void>(exchange(assertion()));
  static_cast<void>(exchange(assertion()));
  static_cast<void>(exchange("nonsense"));
  const auto stats = emulator().stats();
  EXPECT_EQ(stats.at("exchanges").at("jwt"), 2U);
  EXPECT_EQ(stats.at("rejected"), 1U);
}

// Our own client at our own IMS.

TEST_F(JwtExchange, gives_our_client_a_token_that_lives_as_long_as_it_says) {
  auto ims = client();
  const auto token = ims.fetch_token(jwt_credentials());
  EXPECT_EQ(token.life, std::chrono::milliseconds(86'399'998));
  EXPECT_EQ(token.expires_at, clock().wall_now() + token.life);
  EXPECT_EQ(token.type, "bearer");
  EXPECT_THAT(token.scopes, testing::ElementsAre("openid", "ent_analytics_bulk_ingest_sdk"));
  EXPECT_EQ(ims.clock_skew(), std::chrono::milliseconds(0));
}

TEST_F(JwtExchange, explains_a_refusal_to_our_client) {
  auto wrong = jwt_credentials();
  wrong.client_secret = Secret("wrong");
  try {
    static_cast<void>(client().fetch_token(wrong));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "invalid_client");
    EXPECT_EQ(error.http_status(), 401);
    EXPECT_EQ(error.debug_id().size(), 36U);
    EXPECT_THAT(error.hint(), HasSubstr("JWT_CLIENT_SECRET"));
    EXPECT_FALSE(error.retryable());
  }
}

}  // namespace
}  // namespace adit::emulator
