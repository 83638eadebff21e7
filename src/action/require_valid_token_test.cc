#include <cstdlib>

#include <gmock/gmock.h>

#include "adit/action.h"
#include "adit/base64.h"
#include "adit/clock.h"
#include "adit/http_server.h"
#include "adit/signing_key.h"

#include "base/text/text.h"

namespace adit {
namespace {

/// An IMS whose answer the test chooses. Counts the requests.
class RequireValidToken : public testing::Test {
 protected:
  RequireValidToken()
      : server({}, [this](const http::ServerRequest& request) {
          if (request.path.starts_with("/__adit/")) return http::ServerResponse::json(404, json::object{});
          ++requests;
          if (request.path == "/ims/keys" && status == 200) {
            auto key = jwt::to_jwk(signing_key().public_key());
            key["kid"] = "its-key";
            return http::ServerResponse::json(200, json::object{{"keys", json::array{std::move(key)}}});
          }
          client = std::string(request.headers.get_or_empty("x-ims-clientid"));
          if (status != 200)
            return http::ServerResponse::json(status, json::object{{"error", error}, {"error_description", "no"}});
          if (!valid) return http::ServerResponse::json(200, json::object{{"valid", false}, {"reason", "expired"}});
          return http::ServerResponse::json(
              200,
              json::object{{"valid", true}, {"token", json::object{{"client_id", client}, {"scope", "read,write"}}}});
        }) {
    ::setenv("ADIT_IMS", server.origin().c_str(), 1);
  }
  ~RequireValidToken() override { ::unsetenv("ADIT_IMS"); }

  static const jwt::SigningKey& signing_key() {
    static const auto key = jwt::SigningKey::generate_rsa();
    return key;
  }
  /// Returns the header of a caller whose token is signed with IMS's key.
  static std::string signed_bearer(json::object changes = {}) {
    json::object claims{{"type", "access_token"},
                        {"client_id", "caller"},
                        {"scope", "read,write"},
                        {"created_at", std::to_string(Clock::system().wall_now().time_since_epoch().count())},
                        {"expires_in", "86400000"}};
    for (auto& change : changes) claims[change.key()] = change.value();
    const auto signed_part =
        cat(base64url_encode(R"({"alg":"RS256","kid":"its-key"})"), '.', base64url_encode(to_json(claims)));
    return cat("Bearer ", signed_part, '.', base64url_encode(signing_key().sign(jwt::Algorithm::RS256, signed_part)));
  }
  /// Returns a different token for each number, because the process caches IMS's answer for a token.
  static std::string token(int number = 0) {
    const json::object claims{{"type", "access_token"},
                              {"client_id", "caller"},
                              {"n", number},
                              {"created_at", "1"},
                              {"expires_in", "86400000"}};
    return cat(base64url_encode(R"({"alg":"RS256"})"), '.', base64url_encode(to_json(claims)), ".AAAA");
  }
  static int outcome(const std::string& authorization, const TokenRequirements& requirements = {}) {
    json::object params{{"__ow_headers", json::object{{"authorization", authorization}}}};
    const auto refused = require_valid_token(Params(std::move(params)), requirements);
    return refused ? refused->result().at("error").at("statusCode").to_number<int>() : 200;
  }
  static std::string bearer(int number = 0) { return cat("Bearer ", token(number)); }

  int requests = 0;
  int status = 200;
  std::string error = "invalid_token";
  bool valid = true;
  std::string client;
  http::Server server;
};

TEST_F(RequireValidToken, accepts_a_valid_token_and_asks_ims_only_once) {
  EXPECT_EQ(outcome(bearer()), 200);
  EXPECT_EQ(outcome(bearer()), 200);
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(client, "caller");
}

TEST_F(RequireValidToken, answers_401_to_a_missing_or_invalid_token) {
  EXPECT_EQ(outcome(""), 401);
  EXPECT_EQ(outcome("Basic abc"), 401);
  EXPECT_EQ(outcome("Bearer "), 401);
  EXPECT_EQ(outcome("Bearer not-a-token"), 401);
  EXPECT_TRUE(require_valid_token(Params(json::object{})).has_value());
  EXPECT_EQ(requests, 0) << "IMS is not asked about text that is not a token";
  valid = false;
  EXPECT_EQ(outcome(bearer()), 401);
}

TEST_F(RequireValidToken, answers_403_to_another_client_and_to_missing_scopes) {
  EXPECT_EQ(outcome(bearer(), {.client_ids = {"other"}}), 403);
  EXPECT_EQ(outcome(bearer(), {.client_ids = {"other", "caller"}}), 200);
  EXPECT_EQ(outcome(bearer(), {.scopes = {"read"}}), 200);
  EXPECT_EQ(outcome(bearer(), {.scopes = {"read", "admin"}}), 403);
}

TEST_F(RequireValidToken, asks_ims_with_the_client_id_that_the_action_names) {
  EXPECT_EQ(outcome(bearer(), {.client_id = "mine"}), 200);
  EXPECT_EQ(client, "mine");
}

TEST_F(RequireValidToken, answers_503_if_ims_fails) {
  status = 500;
  error = "internal_error";
  EXPECT_EQ(outcome(bearer(1)), 503);
  status = 429;
  EXPECT_EQ(outcome(bearer(1)), 503);
  status = 200;
  EXPECT_EQ(outcome(bearer(1)), 200) << "failures are not cached";
}

TEST_F(RequireValidToken, distinguishes_the_callers_fault_from_the_actions) {
  status = 400;
  error = "invalid_client";
  EXPECT_EQ(outcome(bearer(2)), 401) << "the caller's token names the client";
  EXPECT_EQ(outcome(bearer(2), {.client_id = "mine"}), 503) << "the action names the client";
}

class RequireValidTokenBySignature : public RequireValidToken {
 protected:
  static int outcome(const std::string& authorization, TokenRequirements requirements = {}) {
    requirements.check = TokenCheck::by_signature;
    return RequireValidToken::outcome(authorization, requirements);
  }
};

TEST_F(RequireValidTokenBySignature, asks_ims_only_for_its_keys) {
  for (int n = 0; n < 3; ++n) EXPECT_EQ(outcome(signed_bearer({{"n", n}})), 200);
  EXPECT_EQ(requests, 1);
}

TEST_F(RequireValidTokenBySignature, answers_401_to_a_token_that_is_not_valid) {
  EXPECT_EQ(outcome(""), 401);
  EXPECT_EQ(outcome("Bearer not-a-token"), 401);
  EXPECT_EQ(outcome(bearer()), 401) << "signed with another key";
  EXPECT_EQ(outcome(signed_bearer({{"created_at", "1"}})), 401) << "expired";
  EXPECT_EQ(outcome(signed_bearer({{"type", "refresh_token"}})), 401);
}

TEST_F(RequireValidTokenBySignature, answers_403_to_another_client_and_to_missing_scopes) {
  EXPECT_EQ(outcome(signed_bearer(), {.client_id = "other"}), 403);
  EXPECT_EQ(outcome(signed_bearer(), {.client_ids = {"other"}}), 403);
  EXPECT_EQ(outcome(signed_bearer(), {.client_ids = {"other", "caller"}, .scopes = {"read"}}), 200);
  EXPECT_EQ(outcome(signed_bearer(), {.scopes = {"read", "admin"}}), 403);
}

TEST_F(RequireValidTokenBySignature, answers_503_if_the_keys_cannot_be_fetched) {
  status = 500;
  EXPECT_EQ(outcome(signed_bearer()), 503);
}

}  // namespace
}  // namespace adit
