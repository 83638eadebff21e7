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

#include "base/text.h"

namespace adit {
namespace {

using boost::json::object;
using testing::ElementsAre;
using testing::HasSubstr;

/// What the loop writes for this input; the input is written beside it, so that no pipe fills.
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

TEST(ActionLoop, answersEachLineWithALine) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"a\":1}}\n{\"value\":{\"b\":\"x\\ny\"}}\n"),
              ElementsAre(R"({"a":1})", R"({"b":"x\ny"})"));
}

TEST(ActionLoop, saysThatItIsReadyOnlyWhereItIsAsked) {
  EXPECT_THAT(answers_to(echo, "", {.acknowledge = true}), ElementsAre(R"({"ok":true})"));
  EXPECT_THAT(answers_to(echo, ""), ElementsAre());
}

TEST(ActionLoop, takesALastLineWithoutItsEnd) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"a\":1}}"), ElementsAre(R"({"a":1})"));
}

TEST(ActionLoop, takesAMissingValueForNoParameters) {
  EXPECT_THAT(answers_to(echo, "{}\n\n{\"value\":null}\n"), ElementsAre("{}", "{}"));
}

TEST(ActionLoop, keepsUnicodeAsItCame) {
  EXPECT_THAT(answers_to(echo, "{\"value\":{\"t\":\"Zażółć 漢字 😀 \\u0000\"}}\n"),
              ElementsAre(R"({"t":"Zażółć 漢字 😀 \u0000"})"));
}

TEST(ActionLoop, carriesAMegabyteBothWays) {
  const std::string big(1U << 20U, 'x');
  EXPECT_THAT(answers_to(echo, cat(R"({"value":{"a":")", big, "\"}}\n")), ElementsAre(cat(R"({"a":")", big, "\"}")));
}

TEST(ActionLoop, goesOnAfterLinesThatAreNoActivation) {
  const auto answers = answers_to(echo, "garbage\n[1]\n{\"value\":5}\n{\"value\":{\"a\":1}}\n");
  ASSERT_EQ(answers.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(answers[i], HasSubstr("{\"error\":"));
  EXPECT_EQ(answers[3], R"({"a":1})");
}

TEST(ActionLoop, passesOverALineThatIsTooLong) {
  const auto answers =
      answers_to(echo, cat(R"({"value":{"a":")", std::string(1U << 20U, 'x'), "\"}}\n{\"value\":{\"a\":1}}\n"),
                 {.max_line_bytes = 1000});
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], R"({"error":"The parameters are longer than 1000 bytes."})");
  EXPECT_EQ(answers[1], R"({"a":1})");
}

TEST(ActionLoop, turnsAnErrorIntoAResultAndGoesOn) {
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

TEST(ActionLoop, refusesAResultThatIsNeitherObjectNorArray) {
  for (const boost::json::value& result :
       {boost::json::value(5), boost::json::value("x"), boost::json::value(nullptr), boost::json::value(true)}) {
    const auto handler = make_handler([result](const Params&) { return result; });
    EXPECT_THAT(answers_to(handler, "{}\n"), ElementsAre(R"("The action did not return a dictionary or array.")"))
        << "no object and no array, so that the proxy makes an error of it";
  }
  EXPECT_THAT(answers_to(make_handler([](const Params&) { return boost::json::array{1}; }), "{}\n"),
              ElementsAre("[1]"));
}

TEST(ActionLoop, replacesBytesThatAreNotUtf8AsJavaScriptDoes) {
  const auto handler = make_handler([](const Params&) { return object{{"a", "x\xff"}}; });
  EXPECT_THAT(answers_to(handler, "{}\n"), ElementsAre("{\"a\":\"x\xEF\xBF\xBD\"}"));
}

TEST(ActionLoop, tellsTheActionAboutItsActivation) {
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

TEST(ActionLoop, changesTheEnvironmentWithEachActivation) {
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

TEST(Activation, judgesTimeLeftByTheClockGiven) {
  ManualClock clock(WallTime(std::chrono::milliseconds(1000)));
  const auto activation = Activation::from_message(object{{"deadline", "1500"}});
  EXPECT_EQ(activation.time_left(clock), std::chrono::milliseconds(500));
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(activation.time_left(clock), std::chrono::milliseconds(0));
}

TEST(Activation, hasADayAtMost) {
  for (const auto* deadline : {"4102444800000", "9223372036854775807", "9223372036854775806"}) {
    const auto activation = Activation::from_message(object{{"deadline", deadline}});
    EXPECT_EQ(activation.time_left(ManualClock(WallTime(std::chrono::milliseconds(1000)))), std::chrono::hours(24));
  }
}

TEST(Activation, hasADayWhereNoDeadlineIsSet) {
  for (const auto& message :
       {object{}, object{{"deadline", "soon"}}, object{{"deadline", nullptr}}, object{{"deadline", "0"}}}) {
    EXPECT_EQ(Activation::from_message(message).time_left(), std::chrono::hours(24));
  }
}

}  // namespace
}  // namespace adit
