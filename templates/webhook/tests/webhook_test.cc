// Tests the action with events that are signed as Adobe signs them. A server on this machine serves the key; adit's
// emulator represents the rest of Adobe.
#include "webhook.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/emulator.h"
#include "adit/http_server.h"
#include "adit/signing_key.h"

namespace {

using boost::json::object;

const adit::jwt::SigningKey& adobes_key() {
  static const auto key = adit::jwt::SigningKey::generate_rsa();
  return key;
}

std::string signature(const adit::jwt::SigningKey& key, const std::string& body) {
  return adit::base64_encode(key.sign(adit::jwt::Algorithm::RS256, body));
}

/// Calls the action as the platform passes a POST to a raw web action.
boost::json::value answer(const std::string& body, const std::string& signed_as,
                          const std::string& path = "/prod/keys/1.pem") {
  const object headers{{"content-type", "application/json"},
                       {"x-adobe-digital-signature-1", signed_as},
                       {"x-adobe-public-key1-path", path}};
  return run(adit::Params({{"WEBHOOK_CLIENT_ID", "me"},
                           {"__ow_method", "post"},
                           {"__ow_headers", headers},
                           {"__ow_body", adit::base64_encode(body)}}),
             {})
      .result();
}

const std::string event = R"({"recipient_client_id":"me","event":{"id":"1"}})";

TEST(Webhook, AnswersTheChallenge) {
  const auto result =
      run(adit::Params({{"WEBHOOK_CLIENT_ID", "me"}, {"__ow_method", "get"}, {"__ow_query", "challenge=a%20b"}}), {})
          .result();
  EXPECT_EQ(result.at("body"), "a b");
}

TEST(Webhook, AcceptsWhatAdobeSigned) {
  EXPECT_EQ(answer(event, signature(adobes_key(), event)).at("statusCode"), 200);
}

TEST(Webhook, RefusesWhatAnotherSigned) {
  const auto stranger = adit::jwt::SigningKey::generate_rsa();
  EXPECT_EQ(answer(event, signature(stranger, event)).at("error").at("statusCode"), 401);
  EXPECT_EQ(answer(event + " ", signature(adobes_key(), event)).at("error").at("statusCode"), 401);
  EXPECT_EQ(answer(event, "").at("error").at("statusCode"), 401);
}

TEST(Webhook, RefusesAKeyFromAnotherHost) {
  EXPECT_EQ(answer(event, signature(adobes_key(), event), "@example.com/1.pem").at("error").at("statusCode"), 401);
}

TEST(Webhook, RefusesEventsForOthers) {
  const std::string other = R"({"recipient_client_id":"you"})";
  EXPECT_EQ(answer(other, signature(adobes_key(), other)).at("error").at("statusCode"), 401);
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const adit::emulator::Emulator adobe({});
  const adit::http::Server keys({}, [](const adit::http::ServerRequest& request) {
    return request.path == "/prod/keys/1.pem"
               ? adit::http::ServerResponse::text(200, adobes_key().public_key().to_pem())
               : adit::http::ServerResponse::text(404, "");
  });
  auto routes = adobe.routes();
  routes.add("https://static.adobeioevents.com", keys.origin());
  ::setenv("ADIT_ENDPOINTS", routes.to_string().c_str(), 1);
  return RUN_ALL_TESTS();
}
