#include <cstdlib>

#include <gmock/gmock.h>

#include "adit/action.h"
#include "adit/base64.h"
#include "adit/http_server.h"

#include "base/text.h"

namespace adit {
namespace {

/// An IMS that judges as it is told to, and says how often it was asked.
class RequireValidToken : public testing::Test {
 protected:
  RequireValidToken()
      : server({}, [this](const http::ServerRequest& request) {
          if (request.path.starts_with("/__adit/")) return http::ServerResponse::json(404, json::object{});
          ++asked;
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

  /// Another one for each number: the process remembers what IMS said.
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

  int asked = 0;
  int status = 200;
  std::string error = "invalid_token";
  bool valid = true;
  std::string client;
  http::Server server;
};

TEST_F(RequireValidToken, LetsACallerWithAValidTokenInAndAsksOnceForIt) {
  EXPECT_EQ(outcome(bearer()), 200);
  EXPECT_EQ(outcome(bearer()), 200);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(client, "caller");
}

TEST_F(RequireValidToken, Answers401ToNoTokenOrOneThatIsNotValid) {
  EXPECT_EQ(outcome(""), 401);
  EXPECT_EQ(outcome("Basic abc"), 401);
  EXPECT_EQ(outcome("Bearer "), 401);
  EXPECT_EQ(outcome("Bearer not-a-token"), 401);
  EXPECT_TRUE(require_valid_token(Params(json::object{})).has_value());
  EXPECT_EQ(asked, 0) << "IMS is not asked about what is not a token";
  valid = false;
  EXPECT_EQ(outcome(bearer()), 401);
}

TEST_F(RequireValidToken, Answers403ToAnotherClientAndToMissingScopes) {
  EXPECT_EQ(outcome(bearer(), {.client_ids = {"somebody"}}), 403);
  EXPECT_EQ(outcome(bearer(), {.client_ids = {"somebody", "caller"}}), 200);
  EXPECT_EQ(outcome(bearer(), {.scopes = {"read"}}), 200);
  EXPECT_EQ(outcome(bearer(), {.scopes = {"read", "admin"}}), 403);
}

TEST_F(RequireValidToken, AsksForTheClientThatTheActionNames) {
  EXPECT_EQ(outcome(bearer(), {.client_id = "mine"}), 200);
  EXPECT_EQ(client, "mine");
}

TEST_F(RequireValidToken, Answers503WhereImsCouldNotJudge) {
  status = 500;
  error = "internal_error";
  EXPECT_EQ(outcome(bearer(1)), 503);
  status = 429;
  EXPECT_EQ(outcome(bearer(1)), 503);
  status = 200;
  EXPECT_EQ(outcome(bearer(1)), 200) << "failures are not remembered";
}

TEST_F(RequireValidToken, TellsTheCallersFaultFromTheActionsOwn) {
  status = 400;
  error = "invalid_client";
  EXPECT_EQ(outcome(bearer(2)), 401) << "the caller's token names the client";
  EXPECT_EQ(outcome(bearer(2), {.client_id = "mine"}), 503) << "the action does";
}

}  // namespace
}  // namespace adit
