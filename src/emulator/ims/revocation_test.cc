#include <gmock/gmock.h>

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using std::chrono_literals::operator""h;
using test::member;
using test::outcome;

class Revocation : public testing::Test, public test::TestIms {
 public:
  Revocation() : token_(new_token()) {}

  std::string new_token() { return std::string(client().fetch_token(jwt_credentials()).value.reveal()); }
  http::Response revoke(const std::string& token, const std::string& secret = "jwt-secret",
                        const std::string& client_id = "jwt-client", const std::string& type = "access_token") {
    return post("/ims/invalidate_token/v2", {{"token_type", type},
                                             {"token", token},
                                             {"client_id", client_id},
                                             {"client_secret", secret},
                                             {"cascading", "all"}});
  }
  http::Response validate(const std::string& token, const std::string& client_id = "jwt-client") {
    return post("/ims/validate_token/v1", {{"type", "access_token"}, {"client_id", client_id}, {"token", token}});
  }
  http::Response me(const std::string& token) {
    return http::Request::get(url("/discovery/me"))
        .bearer(Secret(token))
        .header("x-api-key", "jwt-client")
        .send(http());
  }
  static std::string invalid(std::string_view reason) { return cat(R"({"valid":false,"reason":")", reason, "\"}"); }

 protected:
  std::string token_;
};

TEST_F(Revocation, makes_apis_refuse_the_token_with_401013) {
  ASSERT_EQ(me(token_).status(), 200);
  EXPECT_EQ(revoke(token_).status(), 200);
  const auto response = me(token_);
  EXPECT_EQ(response.status(), 401);
  EXPECT_EQ(member(response, "error_code"), "401013");
}

TEST_F(Revocation, accepts_the_empty_secret_of_ims_go_but_not_a_wrong_one) {
  EXPECT_EQ(outcome(revoke(token_, "wrong")), "401 invalid_client");
  EXPECT_EQ(me(token_).status(), 200);
  EXPECT_EQ(outcome(revoke(token_, "", "oauth-client")), "400 invalid_token") << "another's token";
  EXPECT_EQ(outcome(revoke(token_, "", "nobody")), "400 invalid_client");
  EXPECT_EQ(revoke(token_, "").status(), 200);
  EXPECT_EQ(me(token_).status(), 401);
}

TEST_F(Revocation, does_not_affect_other_tokens_of_the_client) {
  const auto other = new_token();
  EXPECT_EQ(revoke(token_).status(), 200);
  EXPECT_EQ(me(other).status(), 200);
  EXPECT_EQ(me(new_token()).status(), 200);
}

TEST_F(Revocation, succeeds_again_and_after_the_token_expired) {
  EXPECT_EQ(revoke(token_).status(), 200);
  EXPECT_EQ(revoke(token_).status(), 200);
  const auto other = new_token();
  clock().advance(24h);
  EXPECT_EQ(revoke(other).status(), 200);
}

TEST_F(Revocation, refuses_wrong_clients_and_secrets_and_changes_nothing) {
  EXPECT_EQ(outcome(revoke(token_, "wrong")), "401 invalid_client");
  EXPECT_EQ(outcome(revoke(token_, "jwt-secret", "nobody")), "400 invalid_client");
  EXPECT_EQ(outcome(revoke(token_, "jwt-secret", "")), "400 invalid_client");
  EXPECT_EQ(outcome(revoke(token_, "oauth-secret", "oauth-client")), "400 invalid_token") << "another's token";
  EXPECT_EQ(me(token_).status(), 200);
}

TEST_F(Revocation, refuses_tokens_that_it_never_issued) {
  const auto claims = jwt::parse_claims(jwt::parse_compact(token_).payload);
  for (const auto& token : {std::string(), std::string("opaque"), std::string("a.b.c"), assertion(),
                            signed_by(test::stranger_key(), claims)}) {
    const auto response = revoke(token);
    EXPECT_EQ(outcome(response), "400 invalid_token") << token;
    EXPECT_NE(member(response, "error_description"), "");
  }
  EXPECT_EQ(me(token_).status(), 200);
}

TEST_F(Revocation, refuses_other_and_missing_token_types) {
  EXPECT_EQ(outcome(revoke(token_, "jwt-secret", "jwt-client", "refresh_token")), "400 unsupported_token_type");
  EXPECT_EQ(outcome(revoke(token_, "jwt-secret", "jwt-client", "")), "400 bad_request");
  EXPECT_EQ(me(token_).status(), 200);
}

TEST_F(Revocation, is_forgotten_once_the_token_would_have_expired) {
  EXPECT_EQ(revoke(token_).status(), 200);
  EXPECT_EQ(revoke(new_token()).status(), 200);
  EXPECT_EQ(emulator().stats().at("revoked"), 2U);
  clock().advance(24h);
  EXPECT_EQ(revoke(new_token()).status(), 200);
  EXPECT_EQ(emulator().stats().at("revoked"), 1U);
  EXPECT_EQ(me(token_).status(), 401) << "expired by now";
}

TEST_F(Revocation, holds_for_a_token_issued_by_a_skewed_clock) {
  emulator().set_fault(Fault::parse("clock_skew=-48h"));
  // Not by JWT: its assertion would come from two days ahead.
  const auto issue = [&] { return std::string(client().fetch_token(oauth_credentials()).value.reveal()); };
  const auto early = issue();
  EXPECT_EQ(revoke(early, "oauth-secret", "oauth-client").status(), 200);
  EXPECT_EQ(revoke(issue(), "oauth-secret", "oauth-client").status(), 200);
  EXPECT_EQ(validate(early, "oauth-client").body(), invalid("revoked"));
}

using Validation = Revocation;

TEST_F(Validation, returns_the_claims_of_a_valid_token) {
  const auto response = validate(token_);
  ASSERT_EQ(response.status(), 200) << response.body();
  const auto body = response.json().as_object();
  EXPECT_EQ(body.at("valid"), true);
  EXPECT_EQ(to_json(body.at("token")), to_json(jwt::parse_claims(jwt::parse_compact(token_).payload)));
}

TEST_F(Validation, takes_a_bearer_token_and_the_client_id_of_the_header) {
  const auto response = http::Request::post(url("/ims/validate_token/v1"))
                            .bearer(Secret(token_))
                            .header("X-IMS-ClientId", "jwt-client")
                            .form({{"type", Secret("access_token")}})
                            .send(http());
  ASSERT_EQ(response.status(), 200) << response.body();
  EXPECT_EQ(response.json().at("valid"), true);
}

TEST_F(Validation, gives_the_reason_why_a_token_is_invalid) {
  const auto claims = jwt::parse_claims(jwt::parse_compact(token_).payload);
  EXPECT_EQ(validate("opaque").body(), invalid("malformed"));
  EXPECT_EQ(validate(signed_by(test::stranger_key(), claims)).body(), invalid("bad_signature"));
  EXPECT_EQ(validate(token_, "oauth-client").body(), invalid("client_id_mismatch"));
  EXPECT_EQ(revoke(token_).status(), 200);
  EXPECT_EQ(validate(token_).body(), invalid("revoked"));
  clock().advance(24h);
  EXPECT_EQ(validate(token_).body(), invalid("expired"));
}

TEST_F(Validation, refuses_questions_that_lack_something) {
  const auto ask = [&](const test::Fields& fields) { return outcome(post("/ims/validate_token/v1", fields)); };
  EXPECT_EQ(ask({{"client_id", "jwt-client"}, {"token", token_}}), "400 bad_request");
  EXPECT_EQ(ask({{"type", "refresh_token"}, {"client_id", "jwt-client"}, {"token", token_}}), "400 bad_request");
  EXPECT_EQ(ask({{"type", "access_token"}, {"token", token_}}), "400 bad_request");
  EXPECT_EQ(ask({{"type", "access_token"}, {"client_id", "jwt-client"}}), "400 bad_request");
}

}  // namespace
}  // namespace adit::emulator
