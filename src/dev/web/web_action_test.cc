#include "dev/web/web_action.h"

#include <gtest/gtest.h>

#include "dev/web/web_fixture.h"

namespace adit::dev {
namespace {

// The annotation require-whisk-auth

TEST(RequireWhiskAuth, compares_a_string_or_number_with_the_header) {
  for (const auto* annotations :
       {R"({"web-export":true,"require-whisk-auth":"7"})", R"({"web-export":true,"require-whisk-auth":7})"}) {
    const auto with = rules(annotations);
    auto incoming = request("GET");
    EXPECT_EQ(answer_before_running(incoming, with, {})->status, 401);
    EXPECT_EQ(answer_before_running(incoming, with, Caller{"guest"})->status, 401);
    incoming.headers.set("X-Require-Whisk-Auth", "8");
    EXPECT_EQ(answer_before_running(incoming, with, {})->status, 401);
    incoming.headers.set("X-Require-Whisk-Auth", "7");
    EXPECT_FALSE(answer_before_running(incoming, with, {}));
  }
}

TEST(RequireWhiskAuth, admits_everybody_if_false) {
  EXPECT_FALSE(answer_before_running(request("GET"), rules(R"({"web-export":true,"require-whisk-auth":false})"), {}));
}

TEST(RequireWhiskAuth, requires_an_authenticated_caller_if_true_and_admits_nobody_if_invalid) {
  const auto with = rules(R"({"web-export":true,"require-whisk-auth":true})");
  EXPECT_EQ(answer_before_running(request("GET"), with, {})->status, 401);
  EXPECT_FALSE(answer_before_running(request("GET"), with, Caller{"guest"}));
  const auto wrong = rules(R"({"web-export":true,"require-whisk-auth":{}})");
  EXPECT_EQ(answer_before_running(request("GET"), wrong, Caller{"guest"})->status, 401);
}

// CORS

TEST(Cors, answers_options_without_running_the_action) {
  const auto with = rules(R"({"web-export":true,"require-whisk-auth":true})");
  auto answer = answer_before_running(request("OPTIONS"), with, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
  add_cors(*answer, request("OPTIONS"), with);
  EXPECT_EQ(answer->headers.get("access-control-allow-origin"), "*");
  EXPECT_EQ(answer->headers.get("access-control-allow-methods"), "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH");
  EXPECT_EQ(answer->headers.get("access-control-allow-headers"),
            "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent");
}

TEST(Cors, allows_the_requested_headers) {
  auto incoming = request("OPTIONS");
  incoming.headers.add("Access-Control-Request-Headers", "x-one, x-two");
  http::ServerResponse answer;
  add_cors(answer, incoming, rules());
  EXPECT_EQ(answer.headers.get("access-control-allow-headers"), "x-one, x-two");
}

TEST(Cors, leaves_custom_options_to_the_action) {
  const auto with = rules(R"({"web-export":true,"web-custom-options":true,"require-whisk-auth":true})");
  EXPECT_FALSE(answer_before_running(request("OPTIONS"), with, {}));
  EXPECT_EQ(answer_before_running(request("GET"), with, {})->status, 401);
  http::ServerResponse answer;
  add_cors(answer, request("OPTIONS"), with);
  EXPECT_EQ(answer.headers.size(), 0U);
}

}  // namespace
}  // namespace adit::dev
