#include "action/action_loop.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/action.h"
#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"

namespace adit {
namespace {

using boost::json::object;
using testing::ElementsAre;
using testing::HasSubstr;

/// Returns the lines that the loop writes for this input. Another thread writes the input, so that no pipe fills up.
std::vector<std::string> answers_to(const Handler& handler, const std::string& input, ActionLoop loop = {}) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  EXPECT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
  EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
  loop.in = in[0];
  loop.out = out[1];
  std::thread writer([&] {
    for (std::string_view left = input; !left.empty();)
      left.remove_prefix(static_cast<std::size_t>(::write(in[1], left.data(), left.size())));
    ::close(in[1]);
  });
  std::thread server([&] {
    EXPECT_EQ(serve_action_loop(handler, loop), 0);
    ::close(out[1]);
  });
  std::string text;
  std::array<char, 65536> chunk{};
  for (ssize_t count = 0; (count = ::read(out[0], chunk.data(), chunk.size())) > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(count));
  writer.join();
  server.join();
  ::close(in[0]);
  ::close(out[0]);
  return split_list(text, '\n');
}

Response echo(const Params& params, const Activation&) { return Response(params.json()); }

TEST(ActionLoop, answers_each_line_with_a_line) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"a\":1}}\n{\"value\":{\"b\":\"x\\ny\"}}\n"),
              ElementsAre(R"({"a":1})", R"({"b":"x\ny"})"));
}

TEST(ActionLoop, acknowledges_only_if_it_is_asked_to) {
  EXPECT_THAT(answers_to(echo, "", {.acknowledge = true}), ElementsAre(R"({"ok":true})"));
  EXPECT_THAT(answers_to(echo, ""), ElementsAre());
}

TEST(ActionLoop, reads_a_last_line_without_a_line_end) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"a\":1}}"), ElementsAre(R"({"a":1})"));
}

TEST(ActionLoop, takes_a_missing_value_as_no_parameters) {
  EXPECT_THAT(answers_to(echo, "{}\n\n{\"value\":null}\n"), ElementsAre("{}", "{}"));
}

TEST(ActionLoop, does_not_change_unicode) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"t\":\"Zażółć 漢字 😀 \\u0000\"}}\n"),
              ElementsAre(R"({"t":"Zażółć 漢字 😀 \u0000"})"));
}

TEST(ActionLoop, transfers_a_megabyte_in_both_directions) {
  const std::string big(1U << 20U, 'x');
  EXPECT_THAT(answers_to(echo, cat(R"({"value":{"a":")", big, "\"}}\n")), ElementsAre(cat(R"({"a":")", big, "\"}")));
}

TEST(ActionLoop, continues_after_lines_that_are_not_activations) {
  const auto answers = answers_to(echo, "garbage\n[1]\n{\"value\":5}\n{\"value\":{\"a\":1}}\n");
  ASSERT_EQ(answers.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(answers[i], HasSubstr("{\"error\":"));
  EXPECT_EQ(answers[3], R"({"a":1})");
}

TEST(ActionLoop, skips_a_line_that_is_too_long) {
  const auto answers =
      answers_to(echo, cat(R"({"value":{"a":")", std::string(1U << 20U, 'x'), "\"}}\n{\"value\":{\"a\":1}}\n"),
                 {.max_line_bytes = 1000});
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], R"({"error":"The parameters are longer than 1000 bytes."})");
  EXPECT_EQ(answers[1], R"({"a":1})");
}

TEST(ActionLoop, turns_an_error_into_a_result_and_continues) {
  const auto handler = [](const Params& params, const Activation&) -> Response {
    if (params.has("error"))
      throw Error::failure("invalid_client", "IMS refused.")
          .hint("Check it.")
          .http_status(401)
          .ims("invalid_client", "d", "debug-7");
    if (params.has("std")) throw std::runtime_error("went wrong");
    if (params.has("other")) throw 7;
    return object{{"ok", true}};
  };
  EXPECT_THAT(
      answers_to(handler, "{\"value\":{\"error\":1}}\n{\"value\":{\"std\":1}}\n{\"value\":{\"other\":1}}\n{}\n"),
      ElementsAre(
          R"({"error":"IMS refused.","code":"invalid_client","hint":"Check it.","status":401,"debugId":"debug-7"})",
          R"({"error":"went wrong"})", R"({"error":"An error has occurred."})", R"({"ok":true})"));
}

TEST(ActionLoop, refuses_a_result_that_is_neither_object_nor_array) {
  for (const boost::json::value& result :
       {boost::json::value(5), boost::json::value("x"), boost::json::value(nullptr), boost::json::value(true)}) {
    const auto handler = make_handler([result](const Params&) { return result; });
    EXPECT_THAT(answers_to(handler, "{}\n"), ElementsAre(R"("The action did not return a dictionary or array.")"))
        << "a string, so that the proxy answers with an error";
  }
  EXPECT_THAT(answers_to(make_handler([](const Params&) { return boost::json::array{1}; }), "{}\n"),
              ElementsAre("[1]"));
}

TEST(ActionLoop, replaces_bytes_that_are_not_utf8_as_javascript_does) {
  const auto handler = make_handler([](const Params&) { return object{{"a", "x\xff"}}; });
  EXPECT_THAT(answers_to(handler, "{}\n"), ElementsAre("{\"a\":\"x\xEF\xBF\xBD\"}"));
}

TEST(ActionLoop, passes_the_activations_properties_to_the_action) {
  Activation seen;
  std::string variable;
  const auto handler = [&](const Params&, const Activation& activation) -> Response {
    seen = activation;
    variable = std::getenv("__OW_ACTION_NAME");
    return object{};
  };
  answers_to(
      handler,
      R"({"value":{},"namespace":"ns","action_name":"/ns/p/a","action_version":"0.0.1","activation_id":"a1","transaction_id":"t1",)"
      R"("api_host":"https://h","api_key":"k","deadline":"4102444800000"})"
      "\n");
  EXPECT_EQ(seen.id, "a1");
  EXPECT_EQ(seen.name_space, "ns");
  EXPECT_EQ(seen.action_name, "/ns/p/a");
  EXPECT_EQ(seen.action_version, "0.0.1");
  EXPECT_EQ(seen.transaction_id, "t1");
  EXPECT_EQ(seen.api_host, "https://h");
  EXPECT_EQ(seen.api_key, Secret("k"));
  EXPECT_EQ(seen.deadline.time_since_epoch(), std::chrono::milliseconds(4102444800000));
  EXPECT_EQ(variable, "/ns/p/a");
}

TEST(ActionLoop, sets_the_environment_for_each_activation) {
  std::vector<std::string> seen;
  const auto handler = [&](const Params&, const Activation&) -> Response {
    const char* value = std::getenv("__OW_PROBE");
    seen.emplace_back(value == nullptr ? "unset" : value);
    return object{};
  };
  const std::string longer(500, 'y');
  answers_to(handler, cat("{\"probe\":\"one\"}\n{\"probe\":\"", longer, "\"}\n{\"probe\":3}\n{}\n"));
  EXPECT_THAT(seen, ElementsAre("one", longer, "3", "3"));
}

TEST(Activation, computes_the_time_left_with_the_given_clock) {
  ManualClock clock(WallTime(std::chrono::milliseconds(1000)));
  const auto activation = Activation::from_message(object{{"deadline", "1500"}});
  EXPECT_EQ(activation.time_left(clock), std::chrono::milliseconds(500));
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(activation.time_left(clock), std::chrono::milliseconds(0));
}

TEST(Activation, has_at_most_a_day_left) {
  for (const auto* deadline : {"4102444800000", "9223372036854775807", "9223372036854775806"}) {
    const auto activation = Activation::from_message(object{{"deadline", deadline}});
    EXPECT_EQ(activation.time_left(ManualClock(WallTime(std::chrono::milliseconds(1000)))), std::chrono::hours(24));
  }
}

TEST(Activation, has_a_day_left_without_a_deadline) {
  for (const auto& message :
       {object{}, object{{"deadline", "soon"}}, object{{"deadline", nullptr}}, object{{"deadline", "0"}}}) {
    EXPECT_EQ(Activation::from_message(message).time_left(), std::chrono::hours(24));
  }
}

}  // namespace
}  // namespace adit
