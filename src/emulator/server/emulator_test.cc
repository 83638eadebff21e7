#include "adit/emulator.h"

#include <thread>

#include <gmock/gmock.h>

#include "adit/error.h"

#include "emulator/server/ims_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::emulator {
namespace {

class EmulatorTest : public testing::Test, public test::TestIms {
 public:
  http::Response send(std::string method, std::string_view path) {
    return http::Request(std::move(method), url(path)).send(http());
  }
};

TEST_F(EmulatorTest, answers_unknown_paths_with_json) {
  for (const auto* path :
       {"/", "/ims", "/ims/exchange", "/ims/exchange/jwt/v9", "/api//reports", "/api/a/b/reports", "//"}) {
    const auto response = send("GET", path);
    EXPECT_EQ(response.status(), 404) << path;
    EXPECT_EQ(test::member(response, "error"), "not_found");
  }
}

TEST_F(EmulatorTest, answers_other_methods_with_those_it_has) {
  EXPECT_EQ(send("GET", "/ims/exchange/jwt").status(), 405);
  EXPECT_EQ(send("GET", "/ims/exchange/jwt").headers().get_or_empty("allow"), "POST");
  EXPECT_EQ(send("PUT", "/ims/keys").headers().get_or_empty("allow"), "GET, HEAD");
}

TEST_F(EmulatorTest, answers_as_ims_does_under_its_path) {
  for (const auto& [method, path] : {std::pair("GET", "/ims/nothing"), std::pair("PUT", "/ims/keys")}) {
    const auto response = send(method, path);
    EXPECT_FALSE(test::member(response, "error_description").empty()) << path;
    EXPECT_EQ(response.json().as_object().if_contains("message"), nullptr) << path;
    EXPECT_EQ(response.headers().get_or_empty("content-type"), "application/json;charset=UTF-8") << path;
    EXPECT_FALSE(response.headers().get_or_empty("x-debug-id").empty()) << path;
  }
  EXPECT_FALSE(test::member(send("GET", "/api/nothing"), "message").empty()) << "APIs have another form";
}

TEST_F(EmulatorTest, returns_its_endpoints_to_openid_clients) {
  const auto answer = send("GET", "/ims/.well-known/openid-configuration");
  ASSERT_EQ(answer.status(), 200) << answer.body();
  EXPECT_EQ(test::member(answer, "issuer"), emulator().origin());
  EXPECT_EQ(test::member(answer, "token_endpoint"), url("/ims/token/v3"));
  for (const auto* name : {"jwks_uri", "userinfo_endpoint"})
    EXPECT_NE(http::Request::get(test::member(answer, name)).send(http()).status(), 404) << name;
  // As a client sees it that a route sends here.
  const auto routed = http::Request::get(url("/ims/.well-known/openid-configuration"))
                          .header("Host", "ims-na1.adobelogin.com")
                          .send(http());
  EXPECT_EQ(test::member(routed, "issuer"), "http://ims-na1.adobelogin.com");
}

/// The response to a raw request, and the log's record of it.
class EmulatorLimits : public testing::Test {
 protected:
  std::string answer_to(std::string_view request, bool too_slow = false) {
    auto socket = http::testing::RawSocket::connect_to((too_slow ? impatient_ : patient_).emulator().port());
    socket.send(request);
    return socket.read_to_end();
  }
  std::vector<RequestRecord> logged() {
    const std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  static Options narrow(std::vector<RequestRecord>& records, std::mutex& mutex, std::chrono::milliseconds time) {
    Options options;
    options.max_body_bytes = 100;
    options.max_header_bytes = 500;
    options.request_timeout = time;
    options.on_request = [&](const RequestRecord& record) {
      const std::lock_guard lock(mutex);
      records.push_back(record);
    };
    return options;
  }
  std::mutex mutex_;
  std::vector<RequestRecord> records_;
  test::TestIms patient_{narrow(records_, mutex_, std::chrono::minutes(2))};
  test::TestIms impatient_{narrow(records_, mutex_, std::chrono::milliseconds(200))};
};

TEST_F(EmulatorLimits, are_reported_in_ims_form_with_a_debug_id_and_logged) {
  const std::vector<std::tuple<std::string, std::string, std::string, std::string>> rows{
      {"POST /ims/token/v3?client_secret=hidden HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n",
       "413 Payload Too Large", "request_too_large", "/ims/token/v3"},
      {cat("GET /ims/keys HTTP/1.1\r\nHost: a\r\nx: ", std::string(1000, 'x'), "\r\n\r\n"),
       "431 Request Header Fields Too Large", "header_too_large", "/ims/keys"},
      {"POST /ims/token/v3 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", "408 Request Timeout",
       "request_timeout", "/ims/token/v3"},
      {"GET /ims/ke", "408 Request Timeout", "request_timeout", "-"},
      {"nonsense\r\n\r\n", "400 Bad Request", "invalid_request", "-"}};
  for (const auto& [request, status, error, path] : rows) {
    const auto answer = answer_to(request, error == "request_timeout");
    EXPECT_THAT(answer, testing::StartsWith(cat("HTTP/1.1 ", status, "\r\n"))) << request;
    EXPECT_THAT(answer, testing::HasSubstr("Content-Type: application/json;charset=UTF-8\r\n")) << request;
    EXPECT_THAT(answer, testing::ContainsRegex("X-Debug-Id: [0-9a-f-]{36}\r\n")) << request;
    const auto body = parse_json(answer.substr(answer.find("\r\n\r\n") + 4), "body").as_object();
    EXPECT_EQ(string_member(body, "error"), error) << request;
    EXPECT_FALSE(string_member(body, "error_description").empty()) << request;
    const auto record = logged().back();
    EXPECT_EQ(record.error, error);
    EXPECT_EQ(record.path, path);
    EXPECT_FALSE(record.debug_id.empty());
  }
  EXPECT_EQ(logged().size(), rows.size());
}

TEST_F(EmulatorLimits, are_reported_by_apis_in_their_form) {
  const auto answer = answer_to("POST /api/a/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n");
  EXPECT_THAT(answer, testing::AllOf(testing::StartsWith("HTTP/1.1 413 "), testing::HasSubstr("\"message\":")));
}

TEST_F(EmulatorTest, keeps_little_of_a_form_and_more_of_a_report) {
  const auto answer = [&](std::string_view path, std::size_t announced) {
    auto socket = http::testing::RawSocket::connect_to(emulator().port());
    socket.send(cat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\nContent-Length: ", announced, "\r\n\r\n"));
    return socket.read_to_end();
  };
  const auto status = [&](std::string_view path, std::size_t size) {
    return http::Request::post(url(path)).body(std::string(size, 'x'), "text/plain").send(http()).status();
  };
  for (const auto* path : {"/ims/token/v3", "/__adit/faults", "/console/organizations/1/credentials/2/secrets"}) {
    EXPECT_THAT(answer(path, (256U << 10U) + 1), testing::StartsWith("HTTP/1.1 413 ")) << path;
    EXPECT_NE(status(path, 256U << 10U), 413) << path;
  }
  EXPECT_NE(status("/api/a/reports", 1U << 20U), 413);
  EXPECT_THAT(answer("/api/a/reports", 3U << 20U), testing::StartsWith("HTTP/1.1 413 "));
}

TEST_F(EmulatorTest, answers_head_without_a_body) {
  const auto response = send("HEAD", "/ims/keys");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(), "");
}

TEST_F(EmulatorTest, reports_its_time_in_date) {
  const auto response = send("GET", "/ims/keys");
  ASSERT_TRUE(response.date());
  EXPECT_EQ(WallTime(*response.date()), std::chrono::floor<std::chrono::seconds>(clock().wall_now()));
}

TEST_F(EmulatorTest, says_that_it_is_one_and_since_when) {
  clock().advance(std::chrono::seconds(5));
  const auto stats = send("GET", "/__adit/stats").json().as_object();
  EXPECT_EQ(stats.at("emulator"), "adit");
  EXPECT_EQ(stats.at("uptime_ms"), 5000);
  EXPECT_EQ(stats.at("integrations"), 2);
  EXPECT_EQ(to_json(stats.at("exchanges")), R"({"jwt":0,"client_credentials":0})");
}

TEST_F(EmulatorTest, routes_adobes_hosts_to_itself) {
  const auto routes = emulator().routes();
  EXPECT_EQ(routes.apply("https://ims-na1.adobelogin.com/ims/keys"), url("/ims/keys"));
  EXPECT_EQ(routes.apply("https://ims-na1-stg1.adobelogin.com/ims/keys"), url("/ims/keys"));
  EXPECT_EQ(routes.apply("https://analytics.adobe.io/discovery/me"), url("/discovery/me"));
  EXPECT_EQ(routes.apply("https://example.com/"), "https://example.com/");
}

TEST_F(EmulatorTest, replaces_a_client_registered_again) {
  emulator().register_integration({.client_id = "jwt-client", .client_secrets = {Secret("new")}});
  EXPECT_EQ(test::outcome(exchange(assertion())), "401 invalid_client");
  EXPECT_EQ(emulator().stats().at("integrations"), 2U);
}

TEST_F(EmulatorTest, serves_many_at_once_while_clients_are_registered) {
  std::atomic<int> granted{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < 10; ++turn) granted += exchange(assertion()).status() == 200 ? 1 : 0;
      });
    }
    for (int turn = 0; turn < 50; ++turn) emulator().register_integration({.client_id = cat("client-", turn)});
  }
  EXPECT_EQ(granted, 40);
  EXPECT_EQ(emulator().stats().at("exchanges").at("jwt"), 40U);
}

TEST_F(EmulatorTest, lets_no_page_of_another_site_use_it) {
  const auto ask = [&](std::string method, std::string_view path, std::string name, std::string value) {
    return http::Request(std::move(method), url(path)).header(std::move(name), std::move(value)).send(http());
  };
  for (const auto& [method, path] :
       {std::pair("POST", "/__adit/faults"), std::pair("DELETE", "/__adit/faults"),
        std::pair("POST", "/__adit/keys/rotate"), std::pair("GET", "/__adit/stats"), std::pair("POST", "/ims/token/v3"),
        std::pair("POST", "/ims/invalidate_token/v2"), std::pair("GET", "/ims/validate_token/v1"),
        std::pair("GET", "/ims/keys"), std::pair("OPTIONS", "/ims/token/v3"), std::pair("GET", "/discovery/me"),
        std::pair("POST", "/console/organizations/1/credentials/2/secrets")}) {
    EXPECT_EQ(test::outcome(ask(method, path, "Origin", "https://evil.example")), "403 forbidden") << path;
    EXPECT_EQ(test::outcome(ask(method, path, "Origin", "null")), "403 forbidden") << path;
    EXPECT_EQ(test::outcome(ask(method, path, "Sec-Fetch-Site", "cross-site")), "403 forbidden") << path;
    EXPECT_EQ(test::outcome(ask(method, path, "Host", "evil.example")), "403 forbidden") << path;
    EXPECT_FALSE(ask(method, path, "Origin", "https://evil.example").headers().has("access-control-allow-origin"));
  }
  EXPECT_THAT(ask("GET", "/ims/keys", "Origin", "https://evil.example").body(),
              testing::HasSubstr("--allow-origin https://evil.example"));
  EXPECT_EQ(ask("GET", "/ims/keys", "Origin", "http://localhost:3000").status(), 200);
  EXPECT_EQ(ask("GET", "/ims/keys", "Host", "ims-na1.adobelogin.com").status(), 200) << "whom it stands in for";
  EXPECT_EQ(emulator().stats().at("exchanges").at("client_credentials"), 0U);
}

TEST_F(EmulatorTest, answers_the_pages_and_names_that_its_options_allow) {
  Options options;
  options.allowed_origins = {"https://shop.example:8443"};
  options.key_file = test::shared_key_file();
  const Emulator one(std::move(options));
  const auto status = [&](std::string name, std::string value) {
    return http::Request::get(one.origin() + "/ims/keys")
        .header(std::move(name), std::move(value))
        .send(http())
        .status();
  };
  EXPECT_EQ(status("Origin", "https://shop.example:8443"), 200);
  EXPECT_EQ(status("Origin", "https://shop.example"), 403);
  EXPECT_EQ(status("Host", "shop.example"), 200);
}

TEST_F(EmulatorTest, refuses_to_share_its_port) {
  Options options;
  options.port = emulator().port();
  options.key_file = test::shared_key_file();
  try {
    const Emulator second(std::move(options));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "listen_failed");
    EXPECT_THAT(error.message(), testing::HasSubstr(std::to_string(emulator().port())));
  }
}

}  // namespace
}  // namespace adit::emulator
