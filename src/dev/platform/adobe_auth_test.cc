#include "dev/platform/adobe_auth.h"

#include <gtest/gtest.h>

#include "adit/error.h"

namespace adit::dev {
namespace {

const ValidateToken kOnlyGood = [](const Secret& token) {
  return TokenValidity{.valid = token.reveal() == "good", .reason = "expired"};
};

/// Returns the error as JSON, or an empty text if the caller is accepted.
std::string refusal(json::object headers, const ValidateToken& validate = kOnlyGood) {
  const auto refused = refuse_unauthorized({{"__ow_headers", std::move(headers)}}, validate);
  return refused ? to_json(refused->at("error")) : std::string();
}

TEST(AdobeAuth, requires_both_headers) {
  EXPECT_EQ(refusal({}),
            R"({"statusCode":401,"body":{"error":"cannot authorize request, reason: missing authorization header"}})");
  EXPECT_EQ(
      refusal({{"authorization", "Bearer good"}}),
      R"({"statusCode":401,"body":{"error":"cannot authorize request, reason: missing x-gw-ims-org-id header"}})");
}

TEST(AdobeAuth, accepts_a_valid_token) {
  EXPECT_EQ(refusal({{"authorization", "Bearer good"}, {"x-gw-ims-org-id", "O"}}), "");
  EXPECT_EQ(refusal({{"Authorization", "bearer good"}, {"X-Gw-Ims-Org-Id", "O"}}), "");
}

TEST(AdobeAuth, rejects_every_other_authorization) {
  for (const auto* authorization : {"Bearer bad", "good", "Basic good", "Bearer ", "Bearer"}) {
    const auto refused = refusal({{"authorization", authorization}, {"x-gw-ims-org-id", "O"}});
    EXPECT_NE(refused.find(R"("statusCode":401)"), std::string::npos) << authorization;
  }
}

TEST(AdobeAuth, rejects_the_caller_with_503_if_ims_does_not_answer) {
  const auto refused =
      refusal({{"authorization", "Bearer good"}, {"x-gw-ims-org-id", "O"}},
              [](const Secret&) -> TokenValidity { throw Error::failure("request_failed", "No answer."); });
  EXPECT_NE(refused.find(R"("statusCode":503)"), std::string::npos);
}

}  // namespace
}  // namespace adit::dev
