#include "emulator/server/integration_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "emulator/ims/revocations.h"

namespace adit::emulator {
namespace {

TEST(IntegrationRegistry, refuses_more_than_the_limit_and_replaces_known_integrations) {
  IntegrationRegistry integrations;
  for (std::size_t i = 0; i < kMaxIntegrations; ++i) integrations.put({.client_id = cat("client-", i)}, {});
  integrations.put({.client_id = "client-7", .client_secrets = {Secret("new")}}, {});
  EXPECT_EQ(integrations.find("client-7")->client_secrets.size(), 1U);
  try {
    integrations.put({.client_id = "one more"}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "too_many_integrations");
  }
  EXPECT_EQ(integrations.size(), kMaxIntegrations);
}

TEST(IntegrationRegistry, a_new_secret_has_192_random_bits) {
  IntegrationRegistry integrations;
  integrations.put({.client_id = "client"}, {});
  const auto added = integrations.add_secret("client", {});
  ASSERT_TRUE(added);
  EXPECT_THAT(added->value.reveal(), ::testing::MatchesRegex("p8e-[0-9a-f]{48}"));
}

json::object claims(std::size_t number) {
  return {{"id", cat("token-", number)}, {"created_at", "1000"}, {"expires_in", "1000"}};
}

TEST(Revocations, keep_a_limited_number_until_they_expire) {
  Revocations revocations;
  const WallTime now{std::chrono::milliseconds(1500)};
  for (std::size_t i = 0; i < Revocations::kMaxRevocations; ++i) ASSERT_TRUE(revocations.add(claims(i), now));
  EXPECT_TRUE(revocations.add(claims(0), now)) << "revoked already";
  EXPECT_FALSE(revocations.add(claims(Revocations::kMaxRevocations), now));
  EXPECT_TRUE(revocations.contains(claims(0)));
  EXPECT_TRUE(revocations.add(claims(Revocations::kMaxRevocations), WallTime{std::chrono::milliseconds(2000)}));
  EXPECT_EQ(revocations.size(), 1U) << "those that have expired are forgotten";
}

}  // namespace
}  // namespace adit::emulator
