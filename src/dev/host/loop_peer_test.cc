#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "dev/host/action_host.h"
#include "dev/host/hosted_action_fixture.h"

namespace adit::dev {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;

/// Runs each test with two programs that do not use the SDK: one that acknowledges, and one that does not.
class ActionLoopTest : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Programs, ActionLoopTest, testing::Values("--loop", "--silent-loop"));

TEST_P(ActionLoopTest, runs_a_program_that_does_not_speak_http) {
  ActionHost host(hosted_action(GetParam()));
  const auto first = host.run({{"do", "echo"}, {"text", "\u00e4\n"}});
  ASSERT_TRUE(first.success()) << error_of(first);
  EXPECT_EQ(first.result.at("value"), (json::value{{"do", "echo"}, {"text", "\u00e4\n"}}));
  EXPECT_EQ(first.result.at("id").as_string(), first.id);
  EXPECT_THAT(first.logs, Contains(EndsWith("stdout: looped")));
  const auto second = host.run({{"do", "echo"}});
  EXPECT_EQ(second.result.at("pid"), first.result.at("pid"));
  EXPECT_NE(second.result.at("id"), first.result.at("id"));
}

TEST_P(ActionLoopTest, passes_a_megabyte_in_both_directions) {
  ActionHost host(hosted_action(GetParam()));
  const std::string text((1U << 20U) - 4096, 'x');
  const auto record = host.run({{"do", "echo"}, {"text", text}});
  ASSERT_TRUE(record.success()) << error_of(record);
  EXPECT_EQ(record.result.at("value").at("text").as_string(), text);
}

TEST_P(ActionLoopTest, runs_one_activation_at_a_time) {
  ActionHost host(hosted_action(GetParam()));
  std::vector<std::future<ActivationRecord>> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(std::async(std::launch::async, [&host, i] { return host.run({{"do", "echo"}, {"number", i}}); }));
  for (int i = 0; i < 20; ++i) {
    const auto record = all[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(record.success()) << error_of(record);
    EXPECT_EQ(record.result.at("id").as_string(), record.id);
    EXPECT_EQ(record.result.at("value").at("number").as_int64(), i);
  }
}

TEST_P(ActionLoopTest, reports_a_failure_and_starts_a_new_process) {
  ActionHost host(hosted_action(GetParam()));
  EXPECT_THAT(host.run({{"do", "exit"}}).hint, HasSubstr("exit code 3"));
  EXPECT_THAT(host.run({{"do", "half"}}).hint, HasSubstr("exit code 3"));
  EXPECT_THAT(error_of(host.run({{"do", "garbage"}})), HasSubstr("valid JSON"));
  EXPECT_TRUE(host.run({{"do", "echo"}}).success());
}

TEST_P(ActionLoopTest, kills_a_program_that_exceeds_its_time_limit) {
  auto options = hosted_action(GetParam());
  options.limits.timeout = milliseconds(1'500);
  ActionHost host(options);
  const auto hanging = host.run({{"do", "hang"}});
  EXPECT_TRUE(hanging.timed_out);
  EXPECT_THAT(error_of(hanging), HasSubstr("1500 milliseconds"));
  EXPECT_EQ(host.process_id(), -1);
}

}  // namespace
}  // namespace adit::dev
