#include "dev/console/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::dev {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() {
    action_.package = "p";
    action_.name = "a";
    served_.what.action = &action_;
  }

  Activated begin(const std::string& id, const std::string& cause = {}) {
    Activated activated;
    activated.record.id = id;
    activated.record.name = "a";
    activated.record.cause = cause;
    activated.record.kind = "nodejs:20";
    activated.record.start = Clock::system().wall_now();
    recorder_.begin(activated.record, served_);
    return activated;
  }
  void end(Activated& activated, json::value result = json::object{{"ok", true}}, json::value params = json::object()) {
    activated.record.result = std::move(result);
    activated.record.end = Clock::system().wall_now();
    recorder_.end(activated, params, {});
  }
  void begin_request(const std::string& url, const std::string& activation = {}) {
    recorder_.step(
        "p/a",
        {.kind = trace::StepKind::request_began, .activation = activation, .request = {.method = "GET", .url = url}});
  }
  void end_request(const std::string& url, int status, const std::string& error = {},
                   const std::string& activation = {}) {
    recorder_.step("p/a", {.took = std::chrono::microseconds(5),
                           .kind = trace::StepKind::request_ended,
                           .activation = activation,
                           .request = {.method = "GET", .url = url, .status = status, .error = error}});
  }
  json::object detail(const std::string& id) { return recorder_.detail(id).value_or(json::object()); }

  app::Action action_;
  ServedAction served_;
  std::vector<json::object> reported_;
  Recorder recorder_{[this](const json::object& summary) { reported_.push_back(summary); }};
};

TEST_F(RecorderTest, reports_an_activation_when_it_begins_and_when_it_ends) {
  auto one = begin("1");
  end(one);
  ASSERT_EQ(reported_.size(), 2U);
  EXPECT_EQ(reported_[0]["state"], "running");
  EXPECT_EQ(reported_[1]["state"], "success");
  EXPECT_EQ(reported_[1]["action"], "p/a");
}

TEST_F(RecorderTest, shows_a_request_as_a_step_of_the_run) {
  auto one = begin("1");
  end_request("https://a.example/x", 500);
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[0].at("name"), "run");
  EXPECT_EQ(trace[1].at("name"), "request");
  EXPECT_EQ(trace[1].at("method"), "GET");
  EXPECT_EQ(trace[1].at("url"), "https://a.example/x");
  EXPECT_EQ(trace[1].at("status"), 500);
  EXPECT_FALSE(trace[1].as_object().contains("error"));
  EXPECT_EQ(trace[1].at("parent"), trace[0].at("id"));
}

TEST_F(RecorderTest, marks_the_requests_for_a_token) {
  auto one = begin("1");
  for (const auto* url :
       {"https://ims-na1.adobelogin.com/ims/token/v3", "https://ims-na1.adobelogin.com/ims/exchange/jwt",
        "https://ims-na1.adobelogin.com/ims/profile/v1", "https://a.example/x/ims/token/v3", "https://a.example",
        "/ims/token/v3"})
    end_request(url, 200);
  end(one);
  std::vector<std::string> marked;
  const auto trace = detail("1")["trace"].as_array();
  for (const auto& step : trace)
    if (step.as_object().contains("token_exchange")) marked.emplace_back(step.at("url").as_string());
  EXPECT_THAT(marked, testing::ElementsAre("https://ims-na1.adobelogin.com/ims/token/v3",
                                           "https://ims-na1.adobelogin.com/ims/exchange/jwt"));
}

TEST_F(RecorderTest, shows_the_error_of_a_request_that_failed) {
  auto one = begin("1");
  begin_request("https://a.example/x");
  end_request("https://a.example/x", 0, "ECONNREFUSED");
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[1].at("error"), "ECONNREFUSED");
  EXPECT_FALSE(trace[1].as_object().contains("status"));
}

TEST_F(RecorderTest, shows_a_request_once_that_begins_and_ends) {
  auto one = begin("1");
  begin_request("https://a.example/y");
  begin_request("https://a.example/x");
  end_request("https://a.example/x", 200);
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 3U);
  EXPECT_FALSE(trace[1].as_object().contains("status"));
  EXPECT_EQ(trace[2].at("url"), "https://a.example/x");
  EXPECT_EQ(trace[2].at("status"), 200);
}

TEST_F(RecorderTest, shows_the_time_when_a_request_began_even_if_its_end_is_reported_late) {
  auto one = begin("1");
  begin_request("https://a.example/x");
  const auto start = detail("1")["trace"].as_array().at(0).at("start_ms").as_double();
  const auto begun = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begun < std::chrono::microseconds(50)) {
  }
  end_request("https://a.example/x", 200);  // It took 5 µs.
  EXPECT_EQ(detail("1")["trace"].as_array().at(0).at("start_ms").as_double(), start);
}

TEST_F(RecorderTest, shows_no_request_that_began_before_its_activation) {
  auto one = begin("1");
  recorder_.step("p/a", {.took = std::chrono::hours(24),
                         .kind = trace::StepKind::request_ended,
                         .activation = "1",
                         .request = {.method = "GET", .url = "https://a.example/", .status = 200}});
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[1].at("start_ms").as_double(), 0);
}

TEST_F(RecorderTest, shows_a_request_that_is_not_answered_until_the_activation_ends) {
  auto one = begin("1");
  begin_request("https://a.example/slow");
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[1].at("url"), "https://a.example/slow");
  EXPECT_FALSE(trace[1].as_object().contains("status"));
  EXPECT_FALSE(trace[1].as_object().contains("error"));
  EXPECT_GE(trace[1].at("duration_ms").as_double(), 0);
}

TEST_F(RecorderTest, says_that_a_request_is_running_while_its_activation_runs) {
  auto one = begin("1");
  begin_request("https://a.example/slow");
  EXPECT_EQ(detail("1")["trace"].as_array().at(0).at("running"), true);
  end(one);
  EXPECT_FALSE(detail("1")["trace"].as_array().at(1).as_object().contains("running"));
}

TEST_F(RecorderTest, shows_no_request_for_a_step_whose_texts_look_like_one) {
  auto one = begin("1");
  recorder_.step("p/a", {.name = "request", .detail = "GET https://a.example/ -> 401"});
  end(one);
  EXPECT_EQ(detail("1")["trace"].as_array().size(), 1U);
}

TEST_F(RecorderTest, shows_an_arrow_in_a_url_as_a_part_of_it) {
  auto one = begin("1");
  begin_request("https://a.example/ -> 500");
  end_request("https://a.example/ -> 500", 200);
  end(one);
  const auto trace = detail("1")["trace"].as_array();
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[1].at("url"), "https://a.example/ -> 500");
  EXPECT_EQ(trace[1].at("status"), 200);
}

TEST_F(RecorderTest, assigns_a_step_to_the_activation_that_it_names) {
  auto one = begin("1");
  auto two = begin("2");
  end_request("https://a.example/", 200, {}, "2");
  end(one);
  end(two);
  EXPECT_EQ(detail("1")["trace"].as_array().size(), 1U);
  EXPECT_EQ(detail("2")["trace"].as_array().size(), 2U);
}

TEST_F(RecorderTest, shows_an_error_in_one_line) {
  auto thrown = begin("1");
  thrown.record.status = ActivationStatus::developer_error;
  end(thrown, json::object{{"error", "boom"}});
  EXPECT_EQ(reported_.back()["error"], "boom");
  auto answered = begin("2");
  end(answered, json::object{{"statusCode", 500}, {"body", json::object{{"error", "no key"}}}});
  EXPECT_EQ(reported_.back()["error"], "no key");
  auto fine = begin("3");
  end(fine, json::object{{"message", "fine"}});
  EXPECT_FALSE(reported_.back().contains("error"));
}

TEST_F(RecorderTest, hides_secrets_in_an_error_before_it_shortens_it) {
  Environment settings;
  settings.set("CLIENT_SECRET", "s3cr3t-value");
  recorder_.hide(std::make_shared<const Hiding>(settings));
  auto one = begin("1");
  end(one, json::object{{"error", std::string(295, 'y') + "s3cr3t-value"}});
  EXPECT_EQ(string_member(reported_.back(), "error"), std::string(295, 'y') + "<hidd…");
}

TEST_F(RecorderTest, shortens_an_error_between_characters) {
  auto one = begin("1");
  end(one, json::object{{"error", std::string(299, 'y') + "äöü"}});
  EXPECT_EQ(string_member(reported_.back(), "error"), std::string(299, 'y') + "…");
}

TEST_F(RecorderTest, shows_the_build_that_failed_only_with_the_activation_that_failed_because_of_it) {
  auto ran = begin("1");
  end(ran, json::object{{"error", "boom"}});
  auto not_built = begin("2");
  recorder_.end(not_built, json::object(), "syntax error in line 3");
  EXPECT_FALSE(detail("1").contains("build"));
  EXPECT_EQ(detail("2")["build"], "syntax error in line 3");
}

TEST_F(RecorderTest, shows_the_parts_of_a_sequence_as_its_steps) {
  app::Sequence sequence;
  sequence.package = "p";
  sequence.name = "s";
  ServedAction chain;
  chain.what.sequence = &sequence;
  Activated whole;
  whole.record.id = "whole";
  whole.record.kind = "sequence";
  recorder_.begin(whole.record, chain);
  auto part = begin("part", "whole");
  end_request("https://a.example/", 200);
  end(part);
  end(whole);
  EXPECT_EQ(detail("part")["caller"], "p/s");
  const auto trace = detail("whole")["trace"].as_array();
  ASSERT_EQ(trace.size(), 3U);
  EXPECT_EQ(trace[0].at("activation"), "part");
  EXPECT_EQ(trace[1].at("parent"), trace[0].at("id"));
  EXPECT_EQ(trace[2].at("parent"), trace[1].at("id"));
}

TEST_F(RecorderTest, hides_secrets_in_everything_that_it_returns) {
  Environment settings;
  settings.set("CLIENT_SECRET", "s3cr3t-value");
  recorder_.hide(std::make_shared<const Hiding>(settings));
  auto one = begin("1");
  one.record.logs = {"2026 stdout: s3cr3t-value"};
  recorder_.step(
      "p/a",
      {.kind = trace::StepKind::request_ended,
       .request = {.method = "s3cr3t-value", .url = "https://a.example/s3cr3t-value", .error = "no s3cr3t-value"}});
  http::ServerRequest incoming;
  incoming.method = "POST";
  incoming.path = "/api/v1/web/p/a";
  incoming.body = "s3cr3t-value";
  incoming.headers.set("authorization", "Bearer abc-def");
  end(one, json::object{{"a", "s3cr3t-value"}}, json::object{{"password", "p4ssw0rd"}});
  recorder_.exchanged("1", incoming, http::ServerResponse::text(200, "s3cr3t-value"));
  const auto shown = to_json(detail("1"));
  for (const auto* secret : {"s3cr3t-value", "abc-def", "p4ssw0rd"}) EXPECT_THAT(shown, Not(HasSubstr(secret)));
  EXPECT_THAT(shown, HasSubstr("<hidden>"));
  ASSERT_TRUE(recorder_.request_of("1"));
  EXPECT_EQ(recorder_.request_of("1")->body, "s3cr3t-value");  // to be sent again
}

TEST_F(RecorderTest, keeps_only_the_last_activations) {
  for (std::size_t i = 0; i < Recorder::kMaxActivations + 5; ++i) {
    auto one = begin(std::to_string(i));
    end(one);
  }
  EXPECT_EQ(recorder_.list().size(), Recorder::kMaxActivations);
  EXPECT_FALSE(recorder_.detail("0"));
  EXPECT_EQ(recorder_.list().front().at("id").as_string(), std::to_string(Recorder::kMaxActivations + 4));
}

TEST_F(RecorderTest, forgets_old_activations_that_need_too_much_memory) {
  const std::string large(60'000, 'x');
  for (int i = 0; i < 600; ++i) {
    auto one = begin(std::to_string(i));
    end(one, json::object{{"large", large}});
  }
  EXPECT_LT(recorder_.list().size(), 250U);
  EXPECT_TRUE(recorder_.detail("599"));
}

TEST_F(RecorderTest, counts_the_memory_that_the_ids_of_requests_need) {
  const std::string large(60'000, 'x');
  for (int i = 0; i < 600; ++i) {
    auto one = begin(std::to_string(i));
    recorder_.step("p/a", {.kind = trace::StepKind::request_ended,
                           .request = {.method = "GET", .url = "https://a.example/", .request_id = large}});
    end(one);
  }
  EXPECT_LT(recorder_.list().size(), 250U);
  EXPECT_TRUE(recorder_.detail("599"));
}

TEST_F(RecorderTest, cannot_send_a_body_again_that_it_did_not_keep_whole) {
  auto one = begin("1");
  end(one);
  http::ServerRequest incoming;
  incoming.method = "POST";
  incoming.body = std::string(Hiding::kMostShown + 1, 'x');
  recorder_.exchanged("1", incoming, http::ServerResponse::text(200, "ok"));
  EXPECT_FALSE(recorder_.request_of("1"));
  EXPECT_EQ(detail("1")["replayable"], false);
}

}  // namespace
}  // namespace adit::dev
