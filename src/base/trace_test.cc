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
  for (const auto kind : {StepKind::token_received, StepKind::api_called, StepKind::other})
    EXPECT_EQ(step_kind_from_string(to_string(kind)), kind);
  EXPECT_EQ(step_kind_from_string("token received"), StepKind::other);
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
