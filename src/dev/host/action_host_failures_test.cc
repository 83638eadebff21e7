// Tests of ActionHost with actions that crash, hang or misbehave, and of its destructor.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/host/hosted_action_fixture.h"
#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using std::chrono::milliseconds;

bool group_exists(int group) { return ::kill(-group, 0) == 0 || errno != ESRCH; }

/// The folders with sockets that hosts of this process and of its children have in the temporary folder now.
std::vector<std::string> socket_folders() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with("adit-live-") &&
        std::filesystem::exists(entry.path() / "s", ignored))
      found.push_back(entry.path().string());
  }
  return found;
}

TEST(ActionHostTest, reports_an_error_result_as_application_error) {
  EXPECT_EQ(to_json(run_once({{"error", "no"}}).to_json().at("response")),
            R"({"status":"application error","success":false,"result":{"error":"no"},"size":14})");
  // Other members of the result are dropped.
  EXPECT_EQ(to_json(run_once({{"error", 7}, {"other", "lost"}}).result), R"({"error":7})");
  EXPECT_EQ(run_once({{"do", "fail"}}).status, ActivationStatus::application_error);
  const auto thrown = run_once({{"do", "throw"}});
  EXPECT_EQ(thrown.status, ActivationStatus::application_error);
  EXPECT_EQ(error_of(thrown), "told to throw");
}

TEST(ActionHostTest, names_the_signal_of_a_crash) {
  const auto killed = run_once({{"do", "signal"}, {"number", SIGKILL}});
  EXPECT_EQ(error_of(killed), "The action did not produce a valid response and exited unexpectedly.");
  EXPECT_THAT(killed.hint, HasSubstr("signal 9 (SIGKILL"));
  EXPECT_THAT(run_once({{"do", "signal"}, {"number", SIGABRT}}).hint, HasSubstr("signal 6 (SIGABRT"));
}

TEST(ActionHostTest, names_the_exit_code_if_the_process_ended_without_an_answer) {
  for (const int code : {0, 7}) {
    const auto record = run_once({{"do", "exit"}, {"code", code}});
    EXPECT_EQ(error_of(record), "The action did not produce a valid response and exited unexpectedly.");
    EXPECT_THAT(record.hint, StartsWith(cat("It ended with exit code ", code, ".")));
    EXPECT_FALSE(record.response_size.has_value());
  }
  const auto not_ready = run_once({}, hosted_action("--exits"));
  EXPECT_EQ(error_of(not_ready), "The action did not initialize and exited unexpectedly.");
  EXPECT_THAT(not_ready.hint, StartsWith("It ended with exit code 3 before it was ready."));
}

TEST(ActionHostTest, starts_a_new_process_after_a_crash) {
  ActionHost host(hosted_action());
  EXPECT_EQ(host.run({{"do", "exit"}, {"code", 1}}).status, ActivationStatus::developer_error);
  const auto next = host.run({});
  EXPECT_TRUE(next.success());
  EXPECT_TRUE(next.init_time.has_value());
}

TEST(ActionHostTest, starts_a_new_process_after_one_is_killed_between_activations) {
  ActionHost host(hosted_action());
  for (int round = 0; round < 5; ++round) {
    const auto record = host.run({{"do", "pid"}});
    ASSERT_TRUE(record.success()) << error_of(record);
    ASSERT_TRUE(record.init_time.has_value());
    const int pid = host.process_id();
    ASSERT_EQ(record.result.at("pid").as_int64(), pid);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    while (host.process_id() == pid) std::this_thread::yield();
  }
}

TEST(ActionHostTest, runs_an_activation_in_a_new_process_if_the_old_one_ended_before_reading_it) {
  const TemporaryFolder temporary(testing::TempDir() + "adit-host");
  const auto folder = temporary.path().string();
  auto options = hosted_action("--ends-unread");
  options.environment.push_back(cat("MARK=", folder, "/mark"));
  const auto record = run_once({{"mine", "once"}}, options);
  EXPECT_TRUE(std::filesystem::exists(folder + "/mark"));
  ASSERT_TRUE(record.success()) << error_of(record);
  EXPECT_EQ(to_json(record.result.at("mine")), "\"once\"");
  EXPECT_EQ(record.hint, "");
}

TEST(ActionHostTest, answers_every_activation_of_a_process_that_is_killed) {
  BegunActivations begun;
  ActionHost host(begun.count_in(hosted_action()));
  std::vector<std::future<ActivationRecord>> running;
  for (int i = 0; i < 4; ++i)
    running.push_back(std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 50'000}}); }));
  begun.wait_for(4);
  ::kill(host.process_id(), SIGKILL);
  for (auto& record : running) EXPECT_THAT(record.get().hint, HasSubstr("SIGKILL"));
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, kills_an_action_that_hangs_and_every_process_that_it_started) {
  auto options = hosted_action();
  // Within the same limit, the action must start. If it does not, the machine is busy: try again with a longer one.
  for (const int limit : {1'000, 10'000, 100'000}) {
    options.limits.timeout = milliseconds(limit);
    ActionHost host(options);
    if (!host.run({{"do", "have a child"}}).success()) continue;
    const int group = host.process_id();
    const auto record = host.run({{"do", "sleep"}, {"ms", 1'000'000}});
    EXPECT_EQ(host.process_id(), -1);
    EXPECT_FALSE(group_exists(group));
    EXPECT_TRUE(record.timed_out);
    EXPECT_EQ(error_of(record), cat("The action exceeded its time limits of ", limit, " milliseconds."));
    return;
  }
  ADD_FAILURE() << "the action does not start";
}

TEST(ActionHostTest, lets_other_activations_finish_in_a_process_in_which_one_hangs) {
  // The other activations must end within the limit of the hanging one. If they do not, the machine is busy: try again
  // with a longer one.
  for (const int limit : {4'000, 40'000, 400'000}) {
    BegunActivations begun;
    auto options = begun.count_in(hosted_action());
    options.limits.timeout = milliseconds(limit);
    ActionHost host(options);
    const auto first = host.run({{"do", "pid"}});
    if (!first.success()) continue;
    const auto pid_of_first = first.result.at("pid").as_int64();
    auto hanging = std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 1'000'000}}); });
    if (!begun.one_begins_within(options.limits.timeout)) continue;
    if (!host.run({{"do", "sleep"}, {"ms", limit / 2}}).success()) continue;
    begun.wait_for(1);
    // This activation runs in the same process and ends after the hanging one has timed out.
    EXPECT_EQ(host.process_id(), pid_of_first);
    const TemporaryFolder temporary(testing::TempDir() + "adit-host");
    const auto folder = temporary.path().string();
    const auto file = folder + "/leave";
    auto other = std::async(std::launch::async, [&] { return host.run({{"do", "wait"}, {"file", file}}); });
    const bool began = begun.one_begins_within(options.limits.timeout / 2) && host.process_id() == pid_of_first;
    EXPECT_TRUE(hanging.get().timed_out);
    std::ofstream(file).close();
    const auto record = other.get();
    if (!began || record.timed_out) continue;
    EXPECT_TRUE(record.success()) << error_of(record);
    EXPECT_FALSE(record.init_time.has_value());
    // The next one does not run in the process that hangs.
    const auto next = host.run({{"do", "pid"}});
    if (next.timed_out) continue;
    EXPECT_NE(next.result.at("pid").as_int64(), pid_of_first);
    return;
  }
  ADD_FAILURE() << "the other activations time out, too";
}

TEST(ActionHostTest, reports_an_action_that_is_not_ready_in_time) {
  auto options = hosted_action("--stalls");
  options.limits.timeout = milliseconds(300);
  const auto record = run_once({}, options);
  EXPECT_TRUE(record.timed_out);
  EXPECT_EQ(error_of(record), "The action exceeded its time limits of 300 milliseconds during initialization.");
}

TEST(ActionHostTest, rejects_results_that_are_not_objects_or_arrays) {
  EXPECT_THAT(error_of(run_once({{"do", "return a number"}})), HasSubstr("did not return a dictionary or array"));
  ActionHost host(hosted_action("--raw"));
  EXPECT_EQ(error_of(host.run({{"body", "garbage"}})), "The action did not produce a valid JSON response: garbage");
  EXPECT_EQ(error_of(host.run({{"body", ""}})), "The action did not produce a valid JSON response.");
  EXPECT_EQ(error_of(host.run({{"body", "42"}})), "The action did not produce a valid JSON response: 42");
  EXPECT_EQ(error_of(host.run({{"body", "null"}})), "The action did not produce a valid JSON response: null");
  EXPECT_EQ(error_of(host.run({{"body", R"({"error":"e"})"}, {"status", 502}})), "e");
  EXPECT_EQ(to_json(host.run({{"body", R"({"error":{"a":1}})"}, {"status", 500}}).result), R"({"error":{"a":1}})");
  const auto record = host.run({{"body", "{}"}, {"status", 302}});
  EXPECT_EQ(error_of(record), "The action did not produce a valid JSON response: {}");
  EXPECT_EQ(record.status, ActivationStatus::developer_error);
}

TEST(ActionHostTest, rejects_a_result_that_is_too_large) {
  auto options = hosted_action();
  options.max_result_bytes = 1'000;
  ActionHost host(options);
  const auto refused = host.run({{"do", "return text"}, {"size", 10'000}});
  EXPECT_THAT(error_of(refused), HasSubstr("10011 > 1000 bytes"));
  EXPECT_EQ(refused.status, ActivationStatus::application_error);
  // Larger than what the host reads at all.
  const auto record = host.run({{"do", "return text"}, {"size", 10'000'000}});
  EXPECT_EQ(record.status, ActivationStatus::developer_error);
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, kills_an_action_that_exceeds_its_memory_limit) {
  auto options = hosted_action();
  options.limits.memory_mb = 300;
  ActionHost host(options);
  const auto record = host.run({{"do", "fill memory"}});
  EXPECT_EQ(error_of(record), "The action exhausted its memory and was aborted.");
  EXPECT_THAT(record.hint, HasSubstr("300 MB"));
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, leaves_no_process_running) {
  const auto before = socket_folders();
  int group = -1;
  {
    ActionHost host(hosted_action());
    ASSERT_TRUE(host.run({{"do", "have a child"}}).success());
    group = host.process_id();
    ASSERT_GT(group, 0);
    EXPECT_TRUE(group_exists(group));
    EXPECT_THAT(socket_folders(), Not(testing::ContainerEq(before)));
  }
  EXPECT_FALSE(group_exists(group));
}

TEST(ActionHostTest, stops_when_interrupted) {
  std::atomic<bool> interrupted = false;
  auto options = hosted_action();
  options.interrupted = [&] { return interrupted.load(); };
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  auto running = std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 1'000'000}}); });
  interrupted = true;
  EXPECT_THROW((void)running.get(), Interrupted);
  EXPECT_EQ(host.process_id(), -1);
}

TEST(ActionHostTest, explains_why_a_program_cannot_be_started) {
  const TemporaryFolder temporary(testing::TempDir() + "adit-host");
  const auto folder = temporary.path().string();
  auto options = hosted_action();
  options.program = folder + "/absent";
  EXPECT_THROW((void)run_once({}, options), Error);
  std::ofstream(folder + "/data") << "x";
  options.program = folder + "/data";
  try {
    (void)run_once({}, options);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "start_failed");
    EXPECT_TRUE(error.is_configuration());
    EXPECT_THAT(error.hint(), HasSubstr("chmod +x"));
  }
}

}  // namespace
}  // namespace adit::dev
