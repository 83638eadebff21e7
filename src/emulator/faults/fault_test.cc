#include <gmock/gmock.h>

#include "adit/emulator.h"
#include "adit/error.h"

#include "emulator/faults/active_faults.h"
#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

using std::chrono::milliseconds;
using test::outcome;
using test::TestIms;

class EmulatorFaults : public testing::Test, public TestIms {
 public:
  void set(std::string_view text) { emulator().set_fault(Fault::parse(text)); }
  http::Response post_fault(std::string body) {
    return http::Request::post(url("/__adit/faults")).body(std::move(body), "application/json").send(http());
  }
  /// The error that our client makes of it.
  Error failure(const Credentials& credentials = jwt_credentials()) {
    auto ims = client();
    return failure_of(ims, credentials);
  }
  static Error failure_of(ims::Client& ims, const Credentials& credentials) {
    try {
      static_cast<void>(ims.fetch_token(credentials));
    } catch (const Error& error) {
      return error;
    }
    return Error::failure("none", "It succeeded.");
  }
};

TEST_F(EmulatorFaults, answers_a_status_with_retry_after_in_seconds) {
  set("status=503,retry_after=7");
  const auto error = failure();
  EXPECT_EQ(error.http_status(), 503);
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.retry_after(), milliseconds(7000));
}

TEST_F(EmulatorFaults, answers_a_status_with_retry_after_as_a_date) {
  set("status=429,retry_after=60,retry_after_form=date");
  const auto error = failure();
  EXPECT_EQ(error.http_status(), 429);
  EXPECT_TRUE(error.retryable());
  ASSERT_TRUE(error.retry_after());
  EXPECT_EQ(*error.retry_after(), milliseconds(60'000));
}

TEST_F(EmulatorFaults, limits_the_number_of_faults) {
  std::string many = "[";
  for (std::size_t i = 1; i < ActiveFaults::kMaxFaults; ++i) many += R"({"fault":"reset","path":"/ims/keys"},)";
  EXPECT_EQ(post_fault(many + R"({"fault":"reset","path":"/ims/keys"}])").status(), 200);
  const auto refused = post_fault(R"({"fault":"reset"})");
  EXPECT_EQ(outcome(refused), "400 too_many_faults");
  EXPECT_THAT(test::member(refused, "hint"), testing::HasSubstr("DELETE /__adit/faults"));
  EXPECT_EQ(failure().code(), "none") << "the one too many was not set";
  EXPECT_EQ(http::Request::del(url("/__adit/faults")).send(http()).status(), 200);
  EXPECT_EQ(outcome(post_fault(many + R"({"fault":"reset"},{"fault":"reset"}])")), "400 too_many_faults");
  EXPECT_EQ(http::Request::get(url("/__adit/faults")).send(http()).body(), R"({"faults":[]})") << "all or none";
  EXPECT_EQ(outcome(post_fault(cat(R"({"fault":"reset","path":"/)", std::string(1000, 'x'), R"("})"))),
            "400 invalid_fault");
}

TEST_F(EmulatorFaults, ends_a_burst_after_its_count) {
  set("status=500,count=2");
  EXPECT_EQ(failure().http_status(), 500);
  EXPECT_EQ(failure().http_status(), 500);
  EXPECT_EQ(failure().code(), "none");
}

TEST_F(EmulatorFaults, does_not_count_a_request_that_did_not_reach_ims) {
  set("status=503,count=1");
  static_cast<void>(failure());
  EXPECT_EQ(emulator().stats().at("exchanges").at("jwt"), 0U);
  EXPECT_EQ(emulator().stats().at("faults"), 1U);
}

TEST_F(EmulatorFaults, resets_connections) {
  set("reset");
  const auto error = failure();
  EXPECT_EQ(error.code(), "request_failed");
  EXPECT_TRUE(error.retryable());
}

TEST_F(EmulatorFaults, closes_in_the_middle_of_a_body) {
  set("cut=1");
  EXPECT_EQ(failure().code(), "request_failed");
}

TEST_F(EmulatorFaults, stalls_in_the_middle_of_a_body) {
  set("stall");
  const auto request = http::Request::post(url("/ims/exchange/jwt")).timeout(milliseconds(300));
  try {
    static_cast<void>(request.send(http()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "request_failed");
    EXPECT_TRUE(error.retryable());
  }
}

TEST_F(EmulatorFaults, answers_late) {
  set("latency=1h,count=1");
  try {
    static_cast<void>(http::Request::get(url("/ims/keys")).timeout(milliseconds(300)).send(http()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("no complete answer arrived within 0.3 seconds"));
  }
  set("latency=1ms");
  EXPECT_EQ(failure().code(), "none");
}

TEST_F(EmulatorFaults, answers_malformed_json) {
  for (const auto* fault : {"truncated=1", "malformed=1", "html=200,count=1"}) {
    set(fault);
    EXPECT_EQ(failure().code(), "invalid_response_body") << fault;
  }
  EXPECT_EQ(failure().code(), "none");
}

TEST_F(EmulatorFaults, answers_html) {
  set("html=502");
  const auto error = failure();
  EXPECT_THAT(error.message(), testing::HasSubstr("HTML"));
  EXPECT_EQ(error.http_status(), 502);
  EXPECT_TRUE(error.retryable());
}

TEST_F(EmulatorFaults, affects_only_the_path_that_it_names) {
  set("status=503,path=/ims/token");
  EXPECT_EQ(failure().code(), "none");
  EXPECT_EQ(failure(oauth_credentials()).http_status(), 503);
}

TEST_F(EmulatorFaults, affects_an_api_whose_path_it_names) {
  set("status=503,retry_after=3,path=/discovery");
  EXPECT_EQ(failure().code(), "none") << "IMS is another path";
  const auto answer = http::Request::get(url("/discovery/me")).send(http());
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(test::member(answer, "error_code"), "503000") << "in the gateway's form";
  EXPECT_EQ(answer.headers().get_or_empty("retry-after"), "3");
  emulator().clear_faults();
  set("status=429,path=/api/example/reports,count=1");
  EXPECT_EQ(http::Request::post(url("/api/example/reports")).send(http()).status(), 429);
  EXPECT_EQ(http::Request::post(url("/api/example/reports")).send(http()).status(), 401) << "the fault is spent";
}

TEST_F(EmulatorFaults, refuses_a_fault_for_a_path_that_is_not_served) {
  for (const auto* path : {"/never", "/ims/tokens", "/discovery/me/x", "/__adit", "/api/a/b/c/d", "/api/*",
                           "/api/x/reports?a=1", "/api/#x", "/api/x /y"}) {
    EXPECT_EQ(outcome(post_fault(cat(R"({"fault":"reset","path":")", path, R"("})"))), "400 invalid_fault") << path;
    EXPECT_THROW(set(cat("reset,path=", path)), Error) << path;
  }
  for (const auto* path : {"/", "/ims", "/ims/tok", "/api/", "/api/example/rep", "/discovery/me/", "/content/dam"}) {
    EXPECT_EQ(post_fault(cat(R"({"fault":"latency","delay":1,"path":")", path, R"("})")).status(), 200) << path;
  }
}

TEST_F(EmulatorFaults, does_not_affect_apis_and_statistics) {
  set("status=503");
  EXPECT_EQ(http::Request::get(url("/__adit/stats")).send(http()).status(), 200);
  EXPECT_EQ(http::Request::get(url("/discovery/me")).send(http()).status(), 401);
}

// IMS ten minutes ahead: the assertion, made by our clock, has expired there. Behind: it lives longer, and is taken.
TEST_F(EmulatorFaults, learns_how_far_ims_is_ahead_and_makes_the_next_assertion_by_its_clock) {
  set("clock_skew=10m");
  auto ims = client();
  const auto error = failure_of(ims, jwt_credentials());
  EXPECT_EQ(error.code(), "invalid_token");
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.retry_after(), milliseconds(0));
  EXPECT_THAT(error.hint(), testing::HasSubstr("10 minutes behind"));
  EXPECT_GT(ims.clock_skew(), std::chrono::seconds(598));
  EXPECT_LT(ims.clock_skew(), std::chrono::seconds(602));
  const auto token = ims.fetch_token(jwt_credentials());
  EXPECT_LE(token.expires_at, clock().wall_now() + milliseconds(86'399'998)) << "by this machine's clock";
  EXPECT_GT(token.expires_at, clock().wall_now() + milliseconds(86'390'000));
}

TEST_F(EmulatorFaults, gives_a_token_whose_life_is_right_where_ims_is_behind) {
  set("clock_skew=-10m");
  auto ims = client();
  const auto token = ims.fetch_token(jwt_credentials());
  EXPECT_LT(ims.clock_skew(), std::chrono::seconds(-598));
  EXPECT_GT(token.life, milliseconds(86'390'000));
  EXPECT_LE(token.life, milliseconds(86'399'998));
}

TEST_F(EmulatorFaults, skews_the_clock_of_the_apis_too) {
  set("clock_skew=-25h");
  const auto token = client().fetch_token(oauth_credentials());
  EXPECT_EQ(http::Request::get(url("/discovery/me"))
                .bearer(token.value)
                .header("x-api-key", "oauth-client")
                .send(http())
                .status(),
            200);
}

TEST_F(EmulatorFaults, is_set_listed_and_cleared_while_it_runs) {
  EXPECT_EQ(post_fault(R"({"fault":"status","status":429,"retry_after":2})").status(), 200);
  EXPECT_EQ(post_fault(R"([{"fault":"latency","delay":"1ms"}])").status(), 200);
  const auto list = http::Request::get(url("/__adit/faults")).send(http()).json();
  EXPECT_EQ(list.at("faults").as_array().size(), 2U);
  EXPECT_EQ(failure().http_status(), 429);
  EXPECT_EQ(http::Request::del(url("/__adit/faults")).send(http()).status(), 200);
  EXPECT_EQ(failure().code(), "none");
}

TEST_F(EmulatorFaults, refuses_text_that_is_not_a_fault) {
  for (const auto* body :
       {"", "7", "{}", R"({"fault":"flood"})", R"({"fault":"latency"})", R"({"fault":"latency","delay":"soon"})",
        R"({"fault":"latency","delay":-1})", R"({"fault":"status","status":99})", R"({"fault":"status","count":-1})",
        R"({"fault":"reset","much":1})", R"({"fault":"reset","path":"ims"})", R"([7])",
        R"([{"fault":"reset"},{"fault":"flood"}])"}) {
    EXPECT_EQ(post_fault(body).status(), 400) << body;
  }
  EXPECT_EQ(failure().code(), "none") << "none of them was set";
}

TEST(FaultText, refuses_text_that_is_not_a_fault) {
  for (const auto* text :
       {"", "flood", "latency", "latency=", "latency=-1s", "status=abc", "status=503,retry_after=", "reset,much=1"}) {
    try {
      static_cast<void>(Fault::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_fault") << text;
      EXPECT_TRUE(error.is_configuration());
    }
  }
}

TEST(FaultText, means_the_same_as_its_json) {
  const auto fault = Fault::parse("status=503,retry-after=2,retry_after_form=date,count=3,path=/ims/token");
  EXPECT_EQ(
      to_json(fault.to_json_object()),
      R"({"fault":"status","count":3,"status":503,"retry_after":2,"retry_after_form":"date","path":"/ims/token"})");
  EXPECT_EQ(to_json(Fault::from_json(fault.to_json_object()).to_json_object()), to_json(fault.to_json_object()));
}

}  // namespace
}  // namespace adit::emulator
