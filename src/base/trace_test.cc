#include "base/trace.h"

#include <array>
#include <csignal>
#include <iostream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv
#include <unistd.h>

namespace adit::trace {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

std::vector<Step>& reported() {
  static std::vector<Step> steps;
  return steps;
}

TEST(Trace, calls_the_listener_until_it_is_removed) {
  reported().clear();
  EXPECT_FALSE(enabled());
  report("not reported", "", nanoseconds(0));
  listen([](const Step& step) { reported().push_back(step); });
  EXPECT_TRUE(enabled());
  report("token received", "24 h", nanoseconds(1999), StepKind::token_received);
  listen(nullptr);
  EXPECT_FALSE(enabled());
  report("not reported", "", nanoseconds(0));
  ASSERT_EQ(reported().size(), 1U);
  EXPECT_EQ(reported()[0].name, "token received");
  EXPECT_EQ(reported()[0].detail, "24 h");
  EXPECT_EQ(reported()[0].took, microseconds(1));
  EXPECT_EQ(reported()[0].kind, StepKind::token_received);
}

TEST(Trace, a_step_belongs_to_the_activation_of_its_thread) {
  reported().clear();
  listen([](const Step& step) { reported().push_back(step); });
  {
    const OfActivation outer("a1");
    report("first", "", nanoseconds(0));
    {
      const OfActivation inner("a2");
      report("second", "", nanoseconds(0));
    }
    report("third", "", nanoseconds(0));
    std::thread([] { report("of another thread", "", nanoseconds(0)); }).join();
  }
  report("of none", "", nanoseconds(0));
  listen(nullptr);
  std::vector<std::string> activations;
  for (const auto& step : reported()) activations.push_back(step.activation);
  EXPECT_THAT(activations, testing::ElementsAre("a1", "a2", "a1", "", ""));
}

TEST(Trace, a_kind_is_read_as_it_is_written) {
  for (const auto kind : {StepKind::token_received, StepKind::api_called, StepKind::request_began,
                          StepKind::request_ended, StepKind::other})
    EXPECT_EQ(step_kind_from_string(to_string(kind)), kind);
  EXPECT_EQ(step_kind_from_string("token received"), StepKind::other);
}

TEST(Trace, a_step_is_read_from_its_line) {
  const auto step =
      step_from_json(R"({"step":"token received","detail":"24 h","us":12,"kind":"token_received","activation":"a1"})");
  ASSERT_TRUE(step);
  EXPECT_EQ(step->name, "token received");
  EXPECT_EQ(step->detail, "24 h");
  EXPECT_EQ(step->took, microseconds(12));
  EXPECT_EQ(step->kind, StepKind::token_received);
  EXPECT_EQ(step->activation, "a1");
}

TEST(Trace, a_request_is_read_from_the_members_of_its_line) {
  const auto answered =
      step_from_json(R"({"kind":"request_ended","us":5,"method":"GET","url":"https://a.example/ -> 500","status":200,)"
                     R"("request_id":"id-1"})");
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->request.request_id, "id-1");
  EXPECT_EQ(answered->kind, StepKind::request_ended);
  EXPECT_EQ(answered->request.method, "GET");
  EXPECT_EQ(answered->request.url, "https://a.example/ -> 500");
  EXPECT_EQ(answered->request.status, 200);
  EXPECT_EQ(answered->request.error, "");
  const auto failed = step_from_json(R"({"kind":"request_ended","method":"GET","url":"x","error":"ECONNREFUSED"})");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->request.status, 0);
  EXPECT_EQ(failed->request.error, "ECONNREFUSED");
}

TEST(Trace, only_a_request_that_ended_has_an_outcome) {
  const auto begun = step_from_json(R"({"kind":"request_began","url":"x","status":500,"error":"e"})");
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->request.url, "x");
  EXPECT_EQ(begun->request.status, 0);
  EXPECT_EQ(begun->request.error, "");
}

TEST(Trace, only_the_kind_makes_a_step_a_request) {
  for (const auto* line : {R"({"step":"request","detail":"GET https://a.example/ -> 200","method":"GET","url":"x"})",
                           R"({"kind":"request","method":"GET","url":"x","status":200})",
                           R"({"kind":"REQUEST_ENDED","method":"GET","url":"x","status":200})"}) {
    const auto step = step_from_json(line);
    ASSERT_TRUE(step) << line;
    EXPECT_EQ(step->kind, StepKind::other) << line;
    EXPECT_EQ(step->request.url, "") << line;
  }
}

TEST(Trace, members_of_wrong_types_are_ignored) {
  for (const auto* wrong : {"null", "true", "[]", "[1]", "{}", R"({"a":"b"})", "1.5", "1e3"}) {
    const auto value = std::string(wrong);
    const auto step =
        step_from_json(R"({"step":)" + value + R"(,"detail":)" + value + R"(,"us":)" + value + R"(,"activation":)" +
                       value + R"(,"method":)" + value + R"(,"url":)" + value + R"(,"status":)" + value +
                       R"(,"error":)" + value + R"(,"request_id":)" + value + R"(,"kind":"request_ended"})");
    ASSERT_TRUE(step) << wrong;
    EXPECT_EQ(step->kind, StepKind::request_ended);
    EXPECT_EQ(step->name + step->detail + step->activation, "") << wrong;
    EXPECT_EQ(step->request.method + step->request.url + step->request.error + step->request.request_id, "") << wrong;
    EXPECT_EQ(step->took, microseconds(0)) << wrong;
    EXPECT_EQ(step->request.status, 0) << wrong;
    const auto without_kind = step_from_json(R"({"kind":)" + value + "}");
    ASSERT_TRUE(without_kind) << wrong;
    EXPECT_EQ(without_kind->kind, StepKind::other) << wrong;
  }
  const auto texts = step_from_json(R"({"kind":"request_ended","us":"12","status":"200"})");
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->took, microseconds(0));
  EXPECT_EQ(texts->request.status, 0);
}

TEST(Trace, impossible_times_and_statuses_are_ignored) {
  for (const auto* number : {"-1", "-9223372036854775808", "9223372036854775807", "18446744073709551615", "1e300",
                             "99999999999999999999", "86400000001"}) {
    const auto value = std::string(number);
    const auto step = step_from_json(R"({"kind":"request_ended","us":)" + value + R"(,"status":)" + value + "}");
    ASSERT_TRUE(step) << number;
    EXPECT_EQ(step->took, microseconds(0)) << number;
    EXPECT_EQ(step->request.status, 0) << number;
  }
  EXPECT_EQ(step_from_json(R"({"us":86400000000})").value_or(Step()).took, std::chrono::hours(24));
  for (const auto* status : {"0", "99", "1000"}) {
    const auto step = step_from_json(R"({"kind":"request_ended","status":)" + std::string(status) + "}");
    ASSERT_TRUE(step) << status;
    EXPECT_EQ(step->request.status, 0) << status;
  }
}

TEST(Trace, a_request_id_of_more_than_200_bytes_is_ignored) {
  const auto id_of = [](const std::string& id) {
    const auto step = step_from_json(R"({"kind":"request_ended","request_id":")" + id + R"("})");
    return step.value_or(Step()).request.request_id;
  };
  EXPECT_EQ(id_of(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(id_of(std::string(201, 'x')), "");
}

TEST(Trace, a_line_that_is_not_a_json_object_is_no_step) {
  for (const auto* line : {"", "x", "null", "1", R"("request_ended")", R"([{"kind":"request_ended"}])", R"({"us":1)"})
    EXPECT_FALSE(step_from_json(line)) << line;
}

TEST(Trace, a_stopwatch_does_not_run_backwards) {
  const Stopwatch watch;
  const auto first = watch.elapsed();
  EXPECT_GE(first.count(), 0);
  EXPECT_GE(watch.elapsed(), first);
}

std::array<int, 2> new_pipe() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) _exit(9);
  return ends;
}

void set_descriptor(const std::string& text) { setenv("ADIT_TRACE_FD", text.c_str(), 1); }

// These functions run in a child process, because a process reads ADIT_TRACE_FD only once.

[[noreturn]] void copy_steps_to_stderr() {
  const auto ends = new_pipe();
  set_descriptor(std::to_string(ends[1]));
  if (!enabled()) _exit(1);
  report("a \"step\"", "line\nend", microseconds(12));
  report("second", "", nanoseconds(0));
  close(ends[1]);
  std::array<char, 4096> text{};
  const auto size = read(ends[0], text.data(), text.size());
  std::cerr << std::string_view(text.data(), static_cast<std::size_t>(size));
  _exit(0);
}

[[noreturn]] void copy_requests_to_stderr() {
  const auto ends = new_pipe();
  set_descriptor(std::to_string(ends[1]));
  listen([](const Step&) { _exit(1); });
  const OfActivation activation("a1");
  OutgoingRequest request{.method = "GET", .url = "https://a.example/x"};
  report_request(StepKind::request_began, request, nanoseconds(0));
  request.status = 200;
  request.request_id = "id-1";
  report_request(StepKind::request_ended, request, microseconds(12));
  request = {.method = "PUT", .url = "https://a.example/y", .error = "request_timeout"};
  report_request(StepKind::request_ended, request, microseconds(13));
  close(ends[1]);
  std::array<char, 4096> text{};
  const auto size = read(ends[0], text.data(), text.size());
  std::cerr << std::string_view(text.data(), static_cast<std::size_t>(size));
  _exit(0);
}

[[noreturn]] void report_to_a_closed_pipe() {
  const auto ends = new_pipe();
  set_descriptor(std::to_string(ends[1]));
  close(ends[0]);
  report("a", "b", nanoseconds(0));
  sigset_t pending;
  sigpending(&pending);
  _exit(!enabled() && sigismember(&pending, SIGPIPE) == 0 ? 0 : 1);
}

[[noreturn]] void report_to_a_full_pipe() {
  const auto ends = new_pipe();
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  const std::string block(4096, 'x');
  while (write(ends[1], block.data(), block.size()) > 0) {
  }
  set_descriptor(std::to_string(ends[1]));
  report("a", "b", nanoseconds(0));
  _exit(enabled() ? 0 : 1);
}

[[noreturn]] void exit_with_whether_enabled(const std::string& descriptor) {
  set_descriptor(descriptor);
  _exit(enabled() ? 1 : 0);
}

TEST(TraceDeathTest, writes_a_json_line_for_each_step_to_the_named_descriptor) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string wanted =
      "{\"step\":\"a "
      "\\\"step\\\"\",\"detail\":\"line\\nend\",\"us\":12}\n{\"step\":\"second\",\"detail\":\"\",\"us\":0}\n";
  EXPECT_EXIT(copy_steps_to_stderr(), ::testing::ExitedWithCode(0), ::testing::Eq(wanted));
}

TEST(TraceDeathTest, writes_a_json_line_for_the_beginning_and_for_the_end_of_a_request) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string wanted =
      R"({"method":"GET","url":"https://a.example/x","us":0,"kind":"request_began","activation":"a1"})"
      "\n"
      R"({"method":"GET","url":"https://a.example/x","status":200,"request_id":"id-1","us":12,)"
      R"("kind":"request_ended","activation":"a1"})"
      "\n"
      R"({"method":"PUT","url":"https://a.example/y","error":"request_timeout","us":13,"kind":"request_ended",)"
      R"("activation":"a1"})"
      "\n";
  EXPECT_EXIT(copy_requests_to_stderr(), ::testing::ExitedWithCode(0), ::testing::Eq(wanted));
}

TEST(TraceDeathTest, a_closed_pipe_does_not_end_the_process) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(report_to_a_closed_pipe(), ::testing::ExitedWithCode(0), "");
}

TEST(TraceDeathTest, a_full_pipe_drops_the_step_and_does_not_block) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(report_to_a_full_pipe(), ::testing::ExitedWithCode(0), "");
}

TEST(TraceDeathTest, a_descriptor_that_is_not_open_for_writing_is_ignored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const char* descriptor : {"", "x", "-1", "3x", " 3", "987", "99999999999"}) {
    EXPECT_EXIT(exit_with_whether_enabled(descriptor), ::testing::ExitedWithCode(0), "") << descriptor;
  }
  EXPECT_EXIT(exit_with_whether_enabled(std::to_string(open("/dev/null", O_RDONLY | O_CLOEXEC))),
              ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace adit::trace
