#include <mutex>

#include <gmock/gmock.h>

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using test::member;
using test::outcome;

class TokenOwner : public testing::Test, public test::TestIms {
 public:
  http::Response ask(std::string_view path, const std::string& token) {
    return http::Request::get(url(path)).bearer(Secret(token)).send(http());
  }
  http::Response ask(std::string_view path) { return http::Request::get(url(path)).send(http()); }
  std::string token() { return std::string(client().fetch_token(jwt_credentials()).value.reveal()); }
};

TEST_F(TokenOwner, is_returned_by_profile_userinfo_and_organizations) {
  const auto bearer = token();
  EXPECT_EQ(member(ask("/ims/profile/v1", bearer), "userId"), "ACCOUNT@techacct.adobe.com");
  EXPECT_EQ(member(ask("/ims/userinfo/v2", bearer), "sub"), "ACCOUNT@techacct.adobe.com");
  const auto organizations = ask("/ims/organizations/v6", bearer);
  EXPECT_EQ(to_json(organizations.json().at(0).at("orgRef")), R"({"ident":"ORG","authSrc":"AdobeOrg"})");
  EXPECT_EQ(organizations.headers().get_or_empty("content-type"), "application/json;charset=UTF-8");
  EXPECT_NE(organizations.headers().get_or_empty("x-debug-id"), "");
}

TEST_F(TokenOwner, is_returned_only_for_a_valid_token) {
  const auto bearer = token();
  for (const auto* path : {"/ims/profile/v1", "/ims/userinfo/v2", "/ims/organizations/v6"}) {
    EXPECT_EQ(outcome(ask(path, "opaque")), "401 invalid_token");
    EXPECT_EQ(outcome(ask(path)), "401 invalid_token");
  }
  clock().advance(std::chrono::hours(24));
  EXPECT_EQ(outcome(ask("/ims/profile/v1", bearer)), "401 invalid_token");
}

TEST_F(TokenOwner, can_also_be_requested_with_get) {
  const auto valid = ask(cat("/ims/validate_token/v1?type=access_token&client_id=jwt-client&token=", token()));
  EXPECT_EQ(valid.json().at("valid"), true) << valid.body();
}

class KeyRotation : public TokenOwner {};

TEST_F(KeyRotation, keeps_old_tokens_valid_until_the_last_has_expired) {
  const auto old = token();
  emulator().rotate_key();
  const auto fresh = token();
  EXPECT_EQ(ask("/ims/profile/v1", old).status(), 200);
  EXPECT_EQ(ask("/ims/profile/v1", fresh).status(), 200);
  const auto published = [&] { return ask("/ims/keys").json().at("keys").as_array().size(); };
  EXPECT_EQ(published(), 2U);
  clock().advance(std::chrono::hours(24));
  EXPECT_EQ(published(), 1U);
  EXPECT_EQ(ask("/ims/profile/v1", old).status(), 401);
}

TEST_F(KeyRotation, is_requested_over_http_and_names_the_keys) {
  const auto answer = http::Request::post(url("/__adit/keys/rotate")).send(http());
  ASSERT_EQ(answer.status(), 200) << answer.body();
  EXPECT_NE(member(answer, "kid"), member(answer, "previous_kid"));
  EXPECT_EQ(answer.json().at("published").as_array().size(), 2U);
}

TEST(EmulatorRequestLog, holds_the_client_and_no_secret) {
  std::mutex mutex;
  std::vector<RequestRecord> records;
  Options options;
  options.on_request = [&](const RequestRecord& record) {
    const std::lock_guard lock(mutex);
    records.push_back(record);
  };
  test::TestIms ims(std::move(options));
  EXPECT_EQ(ims.exchange("a.b.c").status(), 400);
  EXPECT_EQ(http::Request::get(ims.url("/x/eyJhbGciOiJ/y?client_secret=s")).send(ims.http()).status(), 404);
  const std::lock_guard lock(mutex);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].client_id, "jwt-client");
  EXPECT_EQ(records[0].error, "invalid_token");
  EXPECT_NE(records[0].debug_id, "");
  EXPECT_EQ(records[1].path, "/x/<hidden>/y");
}

TEST(EmulatorTls, serves_https_and_plain_http_at_once) {
  Options options;
  options.tls = true;
  options.plain_port = 0;
  test::TestIms ims(std::move(options));
  EXPECT_TRUE(ims.emulator().origin().starts_with("https://127.0.0.1:"));
  EXPECT_THAT(ims.emulator().ca_pem(), testing::StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(http::Request::get(ims.emulator().plain_origin() + "/ims/keys").send(ims.http()).status(), 200);
}

}  // namespace
}  // namespace adit::emulator
