#include "console/access_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::console {
namespace {

using ::testing::HasSubstr;

http::ServerRequest request_for(std::string path, std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::ServerRequest request;
  request.method = "GET";
  request.path = std::move(path);
  request.secure = true;
  request.headers.set("host", "localhost:9080");
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  return request;
}

const Keys kKeys{.token = Secret("right-token"), .session = Secret("right-session")};

int status_of(const http::ServerRequest& request) {
  const AccessCheck check(kKeys, http::LocalAccess("localhost"));
  const auto answer = check.answer(request);
  return answer ? answer->status : 200;
}

const std::pair<std::string, std::string> kCookie{"cookie", "other=1; adit_console_9080=right-session"};

TEST(AccessCheck, exchanges_the_token_for_a_cookie_and_redirects_to_the_address_without_it) {
  const AccessCheck check(kKeys, http::LocalAccess("localhost"));
  auto request = request_for("/__adit/");
  request.query = "token=right-token";
  const auto answer = check.answer(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 303);
  EXPECT_EQ(answer->headers.get_or_empty("location"), "/__adit/");
  EXPECT_EQ(answer->headers.get_or_empty("set-cookie"),
            "adit_console_9080=right-session; Path=/__adit/; HttpOnly; SameSite=Strict; Secure");
}

TEST(AccessCheck, answers_everything_with_401_without_the_cookie) {
  for (const auto* path : {"/__adit/", "/__adit/app.js", "/__adit/api/project", "/__adit/api/events"})
    EXPECT_EQ(status_of(request_for(path)), 401) << path;
  EXPECT_EQ(status_of(request_for("/__adit/", {{"cookie", "adit_console_9080=wrong"}})), 401);
  auto request = request_for("/__adit/");
  request.query = "token=wrong";
  EXPECT_EQ(status_of(request), 401);
  request = request_for("/__adit/api/project");
  request.query = "token=right-token";  // only the page itself logs in
  EXPECT_EQ(status_of(request), 401);
}

TEST(AccessCheck, allows_a_request_with_the_cookie) {
  EXPECT_EQ(status_of(request_for("/__adit/", {kCookie})), 200);
  EXPECT_EQ(status_of(request_for("/__adit/api/project", {kCookie, {"sec-fetch-site", "same-origin"}})), 200);
}

TEST(AccessCheck, refuses_the_token_as_a_session_and_the_cookie_of_another_port) {
  for (const auto* cookie : {"adit_console_9080=right-token", "adit_console_9081=right-session", "adit_console=x"})
    EXPECT_EQ(status_of(request_for("/__adit/api/project", {{"cookie", cookie}})), 401) << cookie;
  auto request = request_for("/__adit/");
  request.query = "token=right-session";
  EXPECT_EQ(status_of(request), 401);
}

TEST(AccessCheck, a_one_time_token_logs_in_once) {
  const auto keys = make_keys();
  const AccessCheck check(keys, http::LocalAccess("localhost"));
  const auto status = [&](const Secret& token) {
    http::ServerRequest request;
    request.method = "GET";
    request.path = "/__adit/";
    request.query = cat("token=", token.reveal());
    request.headers.set("Host", "localhost:9080");
    return check.answer(request)->status;
  };
  const auto first = keys.one_time->issue();
  const auto second = keys.one_time->issue();
  EXPECT_EQ(status(second), 303);
  EXPECT_EQ(status(second), 401);
  EXPECT_EQ(status(first), 303);
  EXPECT_EQ(status(keys.token), 303);
  EXPECT_EQ(status(keys.token), 303) << "the printed token may be used again";
  const auto forgotten = keys.one_time->issue();
  for (int later = 0; later < 4; ++later) (void)keys.one_time->issue();
  EXPECT_EQ(status(forgotten), 401);
}

TEST(AccessCheck, makes_random_keys) {
  const auto one = make_keys();
  const auto other = make_keys();
  EXPECT_GE(one.token.size(), 32U);
  EXPECT_FALSE(one.token == other.token);
  EXPECT_FALSE(one.token == one.session);
}

TEST(AccessCheck, refuses_other_pages_of_this_machine_although_their_requests_have_the_cookie) {
  EXPECT_EQ(status_of(request_for("/__adit/api/project", {kCookie, {"origin", "https://localhost:3000"}})), 403);
  EXPECT_EQ(status_of(request_for("/__adit/api/project", {kCookie, {"origin", "http://localhost:9080"}})), 403);
  EXPECT_EQ(status_of(request_for("/__adit/api/project", {kCookie, {"sec-fetch-site", "same-site"}})), 403);
  EXPECT_EQ(status_of(request_for("/__adit/api/project", {kCookie, {"origin", "https://localhost:9080"}})), 200);
}

TEST(AccessCheck, refuses_another_name_of_this_machine) {
  EXPECT_EQ(status_of(request_for("/__adit/", {kCookie, {"host", "rebound.example"}})), 403);
}

TEST(AccessCheck, allows_changes_only_by_a_post_of_the_page_itself) {
  auto request = request_for("/__adit/api/call", {kCookie, {"origin", "https://localhost:9080"}});
  request.method = "POST";
  EXPECT_EQ(status_of(request), 403);
  request.headers.set("x-adit-console", "1");
  EXPECT_EQ(status_of(request), 200);
  request.method = "PUT";
  EXPECT_EQ(status_of(request), 403);
}

TEST(AccessCheck, the_policy_allows_nothing_inline_and_nothing_from_elsewhere) {
  http::ServerResponse response;
  add_page_headers(response);
  const auto policy = std::string(response.headers.get_or_empty("content-security-policy"));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

}  // namespace
}  // namespace adit::console
