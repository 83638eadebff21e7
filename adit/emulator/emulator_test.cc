#include "adit/emulator/emulator.h"

#include <thread>

#include <gmock/gmock.h>

#include "adit/base/error.h"
#include "adit/emulator/test_ims.h"

namespace adit::emulator {
namespace {

class TheEmulator : public testing::Test, public test::TestIms {
 public:
  http::Response send(std::string method, std::string_view path) {
    return http::Request(std::move(method), url(path)).send(http());
  }
};

TEST_F(TheEmulator, AnswersUnknownPathsWithJson) {
  for (const auto* path :
       {"/", "/ims", "/ims/exchange", "/ims/exchange/jwt/v9", "/api//reports", "/api/a/b/reports", "//"}) {
    const auto response = send("GET", path);
    EXPECT_EQ(response.status(), 404) << path;
    EXPECT_EQ(test::member(response, "error"), "not_found");
  }
}

TEST_F(TheEmulator, AnswersOtherMethodsWithThoseItHas) {
  EXPECT_EQ(send("GET", "/ims/exchange/jwt").status(), 405);
  EXPECT_EQ(send("GET", "/ims/exchange/jwt").headers().get_or_empty("allow"), "POST");
  EXPECT_EQ(send("PUT", "/ims/keys").headers().get_or_empty("allow"), "GET, HEAD");
}

TEST_F(TheEmulator, AnswersHeadWithoutABody) {
  const auto response = send("HEAD", "/ims/keys");
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(), "");
}

TEST_F(TheEmulator, TellsItsTimeInDate) {
  const auto response = send("GET", "/ims/keys");
  ASSERT_TRUE(response.date());
  EXPECT_EQ(WallTime(*response.date()), std::chrono::floor<std::chrono::seconds>(clock().wall_now()));
}

TEST_F(TheEmulator, SaysThatItIsOneAndSinceWhen) {
  clock().advance(std::chrono::seconds(5));
  const auto stats = send("GET", "/__adit/stats").json().as_object();
  EXPECT_EQ(stats.at("emulator"), "adit");
  EXPECT_EQ(stats.at("uptime_ms"), 5000);
  EXPECT_EQ(stats.at("clients"), 2);
  EXPECT_EQ(to_json(stats.at("exchanges")), R"({"jwt":0,"client_credentials":0})");
}

TEST_F(TheEmulator, RoutesAdobesHostsToItself) {
  const auto routes = emulator().routes();
  EXPECT_EQ(routes.apply("https://ims-na1.adobelogin.com/ims/keys"), url("/ims/keys"));
  EXPECT_EQ(routes.apply("https://ims-na1-stg1.adobelogin.com/ims/keys"), url("/ims/keys"));
  EXPECT_EQ(routes.apply("https://analytics.adobe.io/discovery/me"), url("/discovery/me"));
  EXPECT_EQ(routes.apply("https://example.com/"), "https://example.com/");
}

TEST_F(TheEmulator, ReplacesAClientRegisteredAgain) {
  emulator().register_client({.client_id = "jwt-client", .client_secrets = {Secret("new")}});
  EXPECT_EQ(test::verdict(exchange(assertion())), "401 invalid_client");
  EXPECT_EQ(emulator().stats().at("clients"), 2U);
}

TEST_F(TheEmulator, ServesManyAtOnceWhileClientsAreRegistered) {
  std::atomic<int> granted{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < 10; ++turn) granted += exchange(assertion()).status() == 200 ? 1 : 0;
      });
    }
    for (int turn = 0; turn < 50; ++turn) emulator().register_client({.client_id = cat("client-", turn)});
  }
  EXPECT_EQ(granted, 40);
  EXPECT_EQ(emulator().stats().at("exchanges").at("jwt"), 40U);
}

TEST_F(TheEmulator, RefusesToShareItsPort) {
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
