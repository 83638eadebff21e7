#include "adit/api_client.h"

#include <algorithm>
#include <deque>
#include <span>

#include <gmock/gmock.h>

#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/token_engine.h"

#include "base/text/text.h"
#include "emulator/server/ims_fixture.h"

namespace adit {
namespace {

using namespace std::chrono_literals;
using emulator::test::TestIms;
using testing::ElementsAre;

/// A test with the emulator as IMS and API.
class ApiWithIms : public testing::Test {
 protected:
  ApiWithIms() : engine(options(ims.clock())) {}

  static token::EngineOptions options(const Clock& clock) {
    token::EngineOptions options;
    options.clock = &clock;
    options.threads = 0;
    return options;
  }

  ApiClient api(ApiClientOptions options = {}) {
    options.hosts.add(ims.emulator().origin());
    options.clock = &ims.clock();
    options.sleep = [this](std::chrono::milliseconds wait) {
      waits.push_back(wait);
      ims.clock().advance(wait);
    };
    options.random = [] { return 0.0; };
    return {source(), "oauth-client", "ORG@AdobeOrg", ims.http(), std::move(options)};
  }
  TokenSource source() {
    return engine.source(TestIms::oauth_credentials(), ims::ims_issuer(ims.ims(), ims.http(), ims.clock()));
  }
  std::string me_url() { return ims.url("/discovery/me"); }

  TestIms ims;
  token::TokenEngine engine;
  std::vector<std::chrono::milliseconds> waits;
};

TEST_F(ApiWithIms, gets_token_and_api_key) {
  auto client = api();
  const auto response = client.send_ok(http::Request::get(me_url()));
  EXPECT_TRUE(response.json().is_object());
}

TEST_F(ApiWithIms, fetches_a_new_token_once_if_the_old_one_was_revoked) {
  auto client = api();
  static_cast<void>(client.send_ok(http::Request::get(me_url())));
  ims.client().invalidate(source().get().secret(), TestIms::oauth_credentials());
  const auto response = client.send(http::Request::get(me_url()));
  EXPECT_EQ(response.status(), 200) << response.body();
  EXPECT_TRUE(waits.empty());
}

TEST_F(ApiWithIms, does_not_renew_the_callers_own_token) {
  auto client = api();
  const auto response = client.send(http::Request::get(me_url()).bearer(Secret("mine")));
  EXPECT_EQ(response.status(), 401);
}

TEST_F(ApiWithIms, explains_that_no_token_helps_without_a_product_profile) {
  ims.emulator().register_integration({.client_id = "oauth-client",
                                       .client_secrets = {Secret("oauth-secret")},
                                       .org_id = "ORG@AdobeOrg",
                                       .scopes = {"openid", "AdobeID"},
                                       .product_profiles = {}});
  auto client = api();
  try {
    static_cast<void>(client.send_ok(http::Request::get(me_url())));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "403025");
    EXPECT_THAT(error.hint(), testing::HasSubstr("product profile"));
    EXPECT_FALSE(error.retryable());
  }
  EXPECT_TRUE(waits.empty());
}

/// A test with an API that gives the prepared answers in order and repeats the last one.
class Api : public ApiWithIms {
 protected:
  Api()
      : server({}, [this](const http::ServerRequest& request) {
          requests.push_back(request);
          auto answer = answers.front();
          if (answers.size() > 1) answers.pop_front();
          return answer;
        }) {}
  void answer(int status, const json::object& body = {}, const std::string& retry_after = {}) {
    auto made = http::ServerResponse::json(status, body);
    if (!retry_after.empty()) made.headers.set("Retry-After", retry_after);
    answers.push_back(std::move(made));
  }
  ApiClient here(ApiClientOptions options = {}) {
    options.hosts.add(server.origin());
    return api(std::move(options));
  }
  [[nodiscard]] std::string url() const { return cat(server.origin(), "/x"); }

  std::vector<http::ServerRequest> requests;
  std::deque<http::ServerResponse> answers;
  http::Server server;
};

TEST_F(Api, gets_only_the_headers_that_are_missing) {
  answer(200);
  auto client = here();
  static_cast<void>(client.send(http::Request::get(url()).header("x-api-key", "mine")));
  EXPECT_EQ(requests[0].headers.get_or_empty("authorization"), cat("Bearer ", source().get().reveal()));
  EXPECT_EQ(requests[0].headers.get_or_empty("x-api-key"), "mine") << "the caller's header is kept";
  EXPECT_EQ(requests[0].headers.get_or_empty("x-gw-ims-org-id"), "ORG@AdobeOrg");
}

TEST_F(Api, does_not_get_headers_that_the_caller_leaves_out) {
  answer(401, {{"error_code", "401013"}});
  auto client = here();
  static_cast<void>(client.send(http::Request::get(url()).without("Authorization").without("X-API-Key")));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_FALSE(requests[0].headers.has("authorization"));
  EXPECT_FALSE(requests[0].headers.has("x-api-key"));
  EXPECT_TRUE(requests[0].headers.has("x-gw-ims-org-id"));
}

TEST_F(Api, gets_no_credentials_if_its_host_is_not_on_the_list) {
  answer(401, {{"error_code", "401013"}});
  auto client = api();
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 401);
  ASSERT_EQ(requests.size(), 1U);
  for (const auto* name : {"authorization", "x-api-key", "x-gw-ims-org-id"})
    EXPECT_FALSE(requests[0].headers.has(name)) << name;
}

TEST_F(Api, is_asked_only_twice_if_it_rejects_every_token) {
  answer(401, {{"error_code", "401013"}, {"message", "Oauth token is not valid"}});
  auto client = here();
  EXPECT_EQ(client.send(http::Request::post(url()).body("x", "text/plain")).status(), 401);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].body, "x");
  EXPECT_NE(requests[0].headers.get("authorization"), requests[1].headers.get("authorization"));
}

TEST_F(Api, of_aem_is_asked_again_with_a_new_token_after_a_401_without_a_code) {
  answer(401);
  answer(200);
  const std::string aem = "https://author-p1-e2.adobeaemcloud.com";
  http::ClientOptions routed;
  routed.endpoints.add(aem, server.origin());
  http::Client transport(std::move(routed));
  ApiClientOptions options;
  options.hosts.add_aem_environment("cm-p1-e2-integration-0");
  ApiClient client(source(), "cm-p1-e2-integration-0", "ORG@AdobeOrg", transport, std::move(options));
  EXPECT_EQ(client.send(http::Request::get(aem + "/api/assets.json")).status(), 200);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].headers.get("authorization"), requests[1].headers.get("authorization"));
}

TEST_F(Api, is_not_asked_again_after_another_401) {
  answer(401, {{"error_code", "401010"}});
  auto client = here();
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 401);
  EXPECT_EQ(requests.size(), 1U);
}

TEST_F(Api, gets_the_pause_that_it_asks_for) {
  answer(429, {}, "7");
  answer(503, {}, "2");
  answer(200);
  auto client = here();
  EXPECT_EQ(client.send(http::Request::post(url()).body("x", "text/plain")).status(), 200);
  EXPECT_THAT(waits, ElementsAre(7s, 2s));
}

TEST_F(Api, gets_a_growing_pause_if_it_asks_for_none) {
  answer(429);
  auto client = here();
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 429);
  EXPECT_THAT(waits, ElementsAre(500ms, 1s, 2s));
  EXPECT_EQ(requests.size(), 4U);
}

TEST_F(Api, is_not_asked_again_if_its_retry_after_is_too_long) {
  answer(429, {}, "3600");
  auto client = here();
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 429);
  EXPECT_TRUE(waits.empty());
}

TEST_F(Api, does_not_get_a_post_twice_after_a_503_without_retry_after) {
  answer(503);
  answer(200);
  auto client = here();
  EXPECT_EQ(client.send(http::Request::post(url()).body("x", "text/plain")).status(), 503);
  EXPECT_EQ(requests.size(), 1U);
  answers.clear();
  answer(503);
  answer(200);
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 200);
}

/// A body in memory that may or may not be rewindable.
class Bytes : public http::BodySource {
 public:
  Bytes(std::string text, bool rewindable) : text_(std::move(text)), rewindable_(rewindable) {}
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return text_.size(); }
  std::size_t read(std::span<char> buffer) override {
    const auto count = text_.copy(buffer.data(), buffer.size(), at_);
    at_ += count;
    return count;
  }
  [[nodiscard]] bool rewindable() const override { return rewindable_ || at_ == 0; }
  void rewind() override { at_ = 0; }

 private:
  std::string text_;
  std::size_t at_ = 0;
  bool rewindable_;
};

struct Collected : http::BodySink {
  std::string text;
  bool open(int status, const http::Headers& /*headers*/) override { return status < 300; }
  void write(std::string_view bytes) override { text += bytes; }
};

TEST_F(Api, gets_a_rewindable_body_again) {
  answer(401, {{"error_code", "401013"}});
  answer(429, {}, "1");
  answer(200, {{"done", true}});
  auto client = here();
  Collected sink;
  const auto response =
      client.stream(http::Request::post(url()).body_from(std::make_shared<Bytes>("hello", true), "text/plain"),
                    {.sink = &sink, .progress = {}, .stop = {}});
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(sink.text, R"({"done":true})") << "without the bodies of the rejections";
  ASSERT_EQ(requests.size(), 3U);
  for (const auto& request : requests) EXPECT_EQ(request.body, "hello");
}

TEST_F(Api, gets_a_body_that_is_not_rewindable_only_once) {
  answer(429, {}, "1");
  auto client = here();
  Collected sink;
  const auto response =
      client.stream(http::Request::post(url()).body_from(std::make_shared<Bytes>("hello", false), "text/plain"),
                    {.sink = &sink, .progress = {}, .stop = {}});
  EXPECT_EQ(response.status(), 429);
  EXPECT_EQ(requests.size(), 1U);
  EXPECT_TRUE(waits.empty());
}

TEST_F(Api, its_rejected_token_is_replaced_even_if_the_body_cannot_be_sent_again) {
  answer(401, {{"error_code", "401013"}});
  auto client = here();
  const http::Request request =
      http::Request::post(url()).body_from(std::make_shared<Bytes>("hello", false), "text/plain");
  try {
    static_cast<void>(client.send_ok(request));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), testing::HasSubstr("can be read only once"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("gets a new token"));
  }
  ASSERT_EQ(requests.size(), 1U);
  const auto refused = std::string(requests[0].headers.get_or_empty("authorization"));
  EXPECT_NE(refused, cat("Bearer ", source().get().reveal())) << "the next request gets another token";
}

TEST_F(Api, is_not_asked_again_if_retries_are_off) {
  answer(429, {}, "1");
  auto client = here({.max_retries = 0});
  EXPECT_EQ(client.send(http::Request::get(url())).status(), 429);
  EXPECT_EQ(requests.size(), 1U);
}

TEST(ApiError, says_how_long_a_pause_the_api_asks_for) {
  const WallTime now(1'700'000'000'000ms);
  const auto error = api_error(http::Response(429, {{"retry-after", "3600"}}, "{}"), now);
  EXPECT_THAT(error.hint(), testing::HasSubstr("Wait 3600 s (Retry-After), until 2023-11-14T23:13:20"));
  EXPECT_EQ(error.retry_after(), 3600s);
  const auto by_its_clock = api_error(
      http::Response(503, {{"retry-after", "Tue, 14 Nov 2023 20:00:30 GMT"}, {"date", "Tue, 14 Nov 2023 20:00:00 GMT"}},
                     ""),
      now);
  EXPECT_EQ(by_its_clock.retry_after(), 30s) << "a date is compared with the server's clock";
}

TEST(ApiError, names_the_target_of_a_redirect) {
  const auto error = api_error(http::Response(307, {{"location", "https://other.example/x"}}, ""), WallTime());
  EXPECT_EQ(error.code(), "http_307");
  EXPECT_THAT(error.message(), testing::HasSubstr("a redirect to https://other.example/x, which was not followed"));
}

TEST(ApiError, says_if_the_rejected_token_was_the_callers) {
  const http::Response response(401, {}, R"({"error_code":"401013"})");
  const http::Request filled = http::Request::get("https://analytics.adobe.io/");
  const http::Request own = http::Request::get("https://analytics.adobe.io/").bearer(Secret("mine"));
  EXPECT_THAT(api_error(response, WallTime(), &filled).hint(), testing::HasSubstr("a new one was refused too"));
  EXPECT_THAT(api_error(response, WallTime(), &own).hint(), testing::HasSubstr("The token in the request"));
  EXPECT_THAT(api_error(response, WallTime()).hint(), testing::HasSubstr("use a new one"));
}

TEST(ApiError, reads_every_form_of_error_body) {
  const auto of = [](int status, const std::string& body) -> const Error {
    return api_error(http::Response(status, {{"x-request-id", "id-1"}}, body), WallTime());
  };
  EXPECT_EQ(of(403, R"({"error_code":403025,"message":"no profile"})").code(), "403025");
  EXPECT_EQ(of(400, R"({"errorCode":"bad_date","errorDescription":"x"})").code(), "bad_date");
  EXPECT_EQ(of(404, R"({"title":"Not Found","detail":"nothing"})").code(), "Not Found");
  EXPECT_EQ(of(502, "<html>").code(), "http_502");
  EXPECT_TRUE(of(502, "<html>").retryable());
  EXPECT_EQ(of(502, "<html>").debug_id(), "id-1");
  EXPECT_FALSE(of(404, "").retryable());
  EXPECT_THAT(of(400, R"({"error":"x\u001b[31m\n","message":"a\u0007b"})").to_string(),
              testing::Not(testing::HasSubstr("\x1b")));
}

}  // namespace
}  // namespace adit
