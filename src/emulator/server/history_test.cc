#include "emulator/server/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/text.h"
#include "emulator/server/ims_fixture.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

using test::TestIms;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RequestRecord request_to(std::string path, int status) { return {.path = std::move(path), .status = status}; }

TEST(History, keeps_the_newest_requests_and_numbers_them) {
  History history;
  for (std::size_t i = 0; i < History::kMostRequests + 2; ++i) history.add_request(request_to("/discovery/me", 200));
  ASSERT_THAT(history.requests(), SizeIs(History::kMostRequests));
  EXPECT_EQ(history.requests().front().number, History::kMostRequests + 2);
  EXPECT_EQ(history.requests().back().number, 3U);
}

TEST(History, keeps_refused_token_requests_apart_from_other_requests) {
  History history;
  history.add_request(request_to("/ims/token/v3", 401));
  history.add_request(request_to("/ims/exchange/jwt", 200));
  for (std::size_t i = 0; i < History::kMostRequests; ++i) history.add_request(request_to("/discovery/me", 403));
  ASSERT_THAT(history.refused(), SizeIs(1));
  EXPECT_EQ(history.refused().front().record.path, "/ims/token/v3");
}

TEST(History, calls_the_watcher_until_it_is_removed) {
  History history;
  std::vector<std::string> seen;
  history.watch([&](const History::Request& request) { seen.push_back(request.record.path); });
  history.add_request(request_to("/a", 200));
  history.watch({});
  history.add_request(request_to("/b", 200));
  EXPECT_THAT(seen, ElementsAre("/a"));
}

TEST(History, holds_the_tokens_that_the_emulator_issues_and_the_requests_that_it_refuses) {
  TestIms ims;
  const auto& history = service_of(ims.emulator()).history;
  const auto token = std::string(ims.exchange(ims.assertion()).json().as_object().at("access_token").as_string());
  ASSERT_THAT(history.tokens(), SizeIs(1));
  const auto issued = history.tokens().front();
  EXPECT_EQ(issued.client_id, "jwt-client");
  EXPECT_EQ(issued.grant, "jwt_bearer");
  EXPECT_THAT(issued.scopes, testing::Contains("ent_analytics_bulk_ingest_sdk"));
  EXPECT_EQ(issued.expires - issued.issued, std::chrono::milliseconds(86'399'998));
  EXPECT_EQ(token.find(issued.id), std::string::npos) << "the claim is encoded in the token";
  EXPECT_THAT(history.refused(), IsEmpty());
  ims.exchange(ims.assertion(), "wrong-secret");
  ASSERT_THAT(history.refused(), SizeIs(1));
  EXPECT_EQ(history.refused().front().record.error, "invalid_client");
  EXPECT_EQ(history.refused().front().record.client_id, "jwt-client");
}

TEST(History, a_token_is_revoked_by_its_entry) {
  TestIms ims;
  auto& service = service_of(ims.emulator());
  const auto token = std::string(ims.exchange(ims.assertion()).json().as_object().at("access_token").as_string());
  EXPECT_TRUE(service.revoke(service.history.tokens().front()));
  const auto outcome = service.verify(token, ims.clock().wall_now());
  ASSERT_TRUE(std::holds_alternative<TokenFlaw>(outcome));
  EXPECT_EQ(std::get<TokenFlaw>(outcome), TokenFlaw::revoked);
}

}  // namespace
}  // namespace adit::emulator
