// Tokens that are revoked before they expire: with the IMS emulator, API requests and a store.
#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/http.h"

#include "token/engine/parts_fixture.h"
#include "token/store/file_store.h"

namespace adit::token {
namespace {

using namespace testing;

class RevokedToken : public ::testing::Test {
 public:
  RevokedToken()
      : ims_({.integrations = {{.client_id = "client-1",
                                .client_secrets = {Secret("p8e-secret-1")},
                                .org_id = "ORG@AdobeOrg",
                                .scopes = {"openid", "AdobeID"}}}}),
        issuer_(ims_issuer(ims::Ims{ims_.origin()}, http_)) {}

  /// A second engine and store on the same folder, as in another process.
  [[nodiscard]] std::unique_ptr<TokenEngine> engine() const {
    EngineOptions options;
    options.store = std::make_shared<FileStore>(folder_.path());
    options.threads = 4;
    return std::make_unique<TokenEngine>(std::move(options));
  }
  TokenSource source(TokenEngine& engine) { return engine.source(oauth(), issuer_); }

  std::int64_t exchanges() const {
    return ims_.stats().at("exchanges").at("client_credentials").to_number<std::int64_t>();
  }
  /// Sends an API request with this token, and returns the status or the error code.
  std::string answer_to(const Secret& token) {
    const auto response =
        http::Request::get(ims_.origin() + "/discovery/me").bearer(token).header("x-api-key", "client-1").send(http_);
    if (response.ok()) return cat(response.status());
    return std::string(string_member(response.json().as_object(), "error_code"));
  }
  /// Revokes the token at IMS without the engine, as another program does that knows the client secret.
  void revoke_behind_our_back(const Secret& token) { issuer_->revoke(oauth(), token); }

 protected:
  TemporaryFolder folder_;
  http::Client http_;
  emulator::Emulator ims_;
  std::shared_ptr<ims::Issuer> issuer_;
};

TEST_F(RevokedToken, is_rejected_by_the_api_removed_from_the_store_and_replaced_once) {
  const auto ours = engine();
  auto our_source = source(*ours);
  const auto token = our_source.get();
  ASSERT_EQ(answer_to(token), "200");
  const auto others = engine();
  ASSERT_TRUE(source(*others).status().token.has_value()) << "the store had it for others";

  our_source.revoke();
  EXPECT_EQ(answer_to(token), "401013");
  const auto later = engine();
  EXPECT_FALSE(source(*later).status().token.has_value());
  EXPECT_FALSE(our_source.status().token.has_value());
  EXPECT_EQ(exchanges(), 1);

  const auto next = our_source.get();
  EXPECT_NE(next.reveal(), token.reveal());
  EXPECT_EQ(answer_to(next), "200");
  EXPECT_EQ(source(*later).get().reveal(), next.reveal());
  EXPECT_EQ(exchanges(), 2);
}

TEST_F(RevokedToken, is_replaced_by_one_exchange_if_many_threads_report_it) {
  const auto ours = engine();
  auto our_source = source(*ours);
  const auto token = our_source.get();
  revoke_behind_our_back(token);
  ASSERT_EQ(answer_to(token), "401013");

  constexpr int kThreads = 64;
  std::atomic<int> gave_up{0};
  std::vector<std::string> got(kThreads);
  std::barrier start(kThreads);
  std::vector<std::thread> callers;
  for (auto& slot : got) {
    callers.emplace_back([&, &mine = slot] {
      start.arrive_and_wait();
      gave_up += our_source.report_rejected(token) ? 1 : 0;
      mine = our_source.get().reveal();
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(gave_up, 1);
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()).size(), 1U);
  EXPECT_EQ(answer_to(Secret(got.front())), "200");
  EXPECT_EQ(exchanges(), 2);
}

}  // namespace
}  // namespace adit::token
