#include "console/emulator_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/json.h"

#include "emulator/server/ims_fixture.h"

namespace adit::console {
namespace {

using emulator::test::TestIms;
using ::testing::HasSubstr;
using ::testing::Not;

class EmulatorContentTest : public ::testing::Test {
 protected:
  json::object shown(std::string_view path) {
    return parse_json(content_.show(path).value().body, "the answer").as_object();
  }
  int status_of_change(std::string_view path, const json::value& change) {
    http::ServerRequest request;
    request.body = to_json(change);
    const auto response = content_.change(path, request);
    return response ? response->status : 404;
  }
  std::string issue() {
    return std::string(ims_.exchange(ims_.assertion()).json().as_object().at("access_token").as_string());
  }

  TestIms ims_;
  EventStream events_;
  EmulatorContent content_{ims_.emulator(), events_};
};

TEST_F(EmulatorContentTest, shows_issued_tokens_and_refused_requests_without_secrets) {
  const auto token = issue();
  ims_.exchange(ims_.assertion(), "wrong-secret");
  const auto text = to_json(shown("tokens")) + to_json(shown("emulator")) + to_json(shown("requests"));
  EXPECT_THAT(text, HasSubstr("\"state\":\"valid\""));
  EXPECT_THAT(text, HasSubstr("invalid client_secret parameter"));
  for (const auto& hidden : {token, std::string("jwt-secret"), std::string("old-secret"), std::string("wrong-secret")})
    EXPECT_THAT(text, Not(HasSubstr(hidden)));
}

TEST_F(EmulatorContentTest, shows_whether_a_token_is_valid_revoked_or_expired) {
  issue();
  const auto state = [&](std::size_t at) {
    return std::string(shown("tokens").at("tokens").as_array().at(at).as_object().at("state").as_string());
  };
  const auto id = shown("tokens").at("tokens").as_array().at(0).as_object().at("id");
  EXPECT_EQ(state(0), "valid");
  EXPECT_EQ(status_of_change("tokens/revoke", json::object{{"id", id}}), 200);
  EXPECT_EQ(state(0), "revoked");
  EXPECT_EQ(status_of_change("tokens/revoke", json::object{{"id", "unknown"}}), 400);
  issue();
  ims_.clock().advance(std::chrono::hours(24));
  EXPECT_EQ(state(0), "expired");
}

TEST_F(EmulatorContentTest, sets_a_fault_and_removes_it_as_it_was_shown) {
  EXPECT_EQ(status_of_change("faults", json::object{{"fault", "status"}, {"status", 429}, {"count", 3}}), 200);
  EXPECT_EQ(status_of_change("faults", json::object{{"fault", "latency"}, {"delay", "1ms"}}), 200);
  EXPECT_EQ(ims_.exchange(ims_.assertion()).status(), 429);
  const auto set = shown("emulator").at("faults").as_array();
  ASSERT_EQ(set.size(), 2U);
  EXPECT_EQ(status_of_change("faults/remove", set.at(0)), 200);
  EXPECT_EQ(ims_.exchange(ims_.assertion()).status(), 200);
  EXPECT_EQ(shown("emulator").at("faults").as_array().size(), 1U);
}

TEST_F(EmulatorContentTest, sets_and_removes_rates) {
  EXPECT_EQ(status_of_change("rates", json::object{{"token", "1/1h"}, {"api", ""}}), 200);
  EXPECT_EQ(to_json(shown("emulator").at("rates")), R"({"token":"1/1h","api":null})");
  issue();
  EXPECT_EQ(ims_.exchange(ims_.assertion()).status(), 429);
  EXPECT_EQ(status_of_change("rates", json::object{{"api", "5/1m"}}), 200);
  EXPECT_EQ(to_json(shown("emulator").at("rates")), R"({"token":"1/1h","api":"5/1m"})")
      << "a rate that is not named does not change";
  EXPECT_EQ(status_of_change("rates", json::object{{"token", ""}, {"api", ""}}), 200);
  EXPECT_EQ(ims_.exchange(ims_.assertion()).status(), 200);
}

TEST_F(EmulatorContentTest, knows_why_a_request_was_refused) {
  const auto refused = ims_.exchange(ims_.assertion(), "wrong-secret");
  const auto accepted = ims_.exchange(ims_.assertion());
  const auto reason = [&](const http::Response& answer) {
    return content_.reason_for(answer.header("x-debug-id").value());
  };
  EXPECT_EQ(reason(refused), "invalid client_secret parameter");
  EXPECT_EQ(reason(accepted), "");
  EXPECT_EQ(content_.reason_for("7e6f0f6e-0000-4000-8000-000000000000"), "");
  EXPECT_EQ(content_.reason_for(""), "");
}

TEST_F(EmulatorContentTest, publishes_an_event_for_each_request) {
  const auto before = events_.last_id();
  ims_.exchange(ims_.assertion(), "wrong-secret");
  std::string received;
  events_.answer(before, http::Reply([&](const http::ServerResponse& response) { received = response.body; }));
  EXPECT_THAT(received, HasSubstr("event: request\n"));
  EXPECT_THAT(received, HasSubstr("invalid_client"));
}

TEST_F(EmulatorContentTest, returns_nothing_for_unknown_paths) {
  EXPECT_FALSE(content_.show("activations"));
  EXPECT_EQ(status_of_change("call", json::object{}), 404);
  EXPECT_EQ(status_of_change("faults", json::array{}), 400);
}

}  // namespace
}  // namespace adit::console
