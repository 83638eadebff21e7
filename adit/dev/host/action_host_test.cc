#include "adit/dev/host/action_host.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/base/error.h"
#include "adit/base/text.h"
#include "adit/dev/host/action_environment.h"
#include "adit/dev/host/test_hosted_action.h"

namespace adit::dev {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

using std::chrono::milliseconds;

ActivationRecord run_once(const json::object& params, HostOptions options = hosted_action()) {
  return ActionHost(std::move(options)).run(params);
}

RunOptions with_id(std::string id) {
  RunOptions run;
  run.activation_id = std::move(id);
  return run;
}

/// Counts the activations that have begun to sleep, by their log.
class Begun {
 public:
  HostOptions counted(HostOptions options) {
    options.on_log = [this](LogStream, std::string_view bytes) { lines_.release(std::ranges::count(bytes, '\n')); };
    return options;
  }
  void wait_for(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(lines_.try_acquire_for(std::chrono::seconds(30)));
  }

 private:
  std::counting_semaphore<> lines_{0};
};

bool group_lives(int group) { return ::kill(-group, 0) == 0 || errno != ESRCH; }

/// The folders with sockets that hosts of this process and its children have left in the temporary folder.
std::vector<std::string> socket_folders() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
    std::error_code gone;
    if (entry.path().filename().string().starts_with("adit-action-") &&
        std::filesystem::exists(entry.path() / "s", gone))
      found.push_back(entry.path().string());
  }
  return found;
}

TEST(ActionHostTest, GivesTheActionsAnswer) {
  const auto record = run_once({{"a", "Zażółć 😀"}});
  EXPECT_TRUE(record.success());
  EXPECT_EQ(to_json(record.result), "{\"a\":\"Zażółć 😀\"}");
  EXPECT_THAT(record.id, MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(record.id.size(), 32U);
  EXPECT_TRUE(record.init_time.has_value());
}

TEST(ActionHostTest, TellsTheActionWhoseActivationItIs) {
  auto options = hosted_action();
  options.runtime.name_space = "ns";
  const auto record = ActionHost(options).run({{"do", "tell"}}, with_id(std::string(32, 'a')));
  EXPECT_EQ(record.id, std::string(32, 'a'));
  EXPECT_EQ(record.result.at("id"), json::value(std::string(32, 'a')));
  EXPECT_EQ(record.result.at("name"), "/ns/pkg/act");
  EXPECT_EQ(record.result.at("namespace"), "ns");
  EXPECT_LE(record.result.at("left").as_int64(), 60'000);
  EXPECT_GT(record.result.at("left").as_int64(), 1'000);
}

TEST(ActionHostTest, KeepsTheProcessForTheNextActivation) {
  ActionHost host(hosted_action());
  const auto first = host.run({{"do", "pid"}});
  const auto second = host.run({{"do", "pid"}});
  EXPECT_EQ(first.result, second.result);
  EXPECT_EQ(first.result.at("pid").as_int64(), host.process_id());
  EXPECT_FALSE(second.init_time.has_value());
}

TEST(ActionHostTest, CarriesAMegabyteOfParameters) {
  auto options = hosted_action();
  options.max_result_bytes = 4U << 20U;
  const json::object big{{"big", std::string(1U << 20U, 'x')}};
  const auto record = run_once(big, options);
  EXPECT_TRUE(record.success());
  EXPECT_EQ(record.result, big);
}

TEST(ActionHostTest, TakesAnErrorForAnApplicationError) {
  EXPECT_EQ(to_json(run_once({{"error", "no"}}).to_json().at("response")),
            R"({"status":"application error","statusCode":1,"success":false,"result":{"error":"no"}})");
  EXPECT_EQ(run_once({{"do", "fail"}}).status, ActivationStatus::application_error);
  const auto thrown = run_once({{"do", "throw"}});
  EXPECT_EQ(thrown.status, ActivationStatus::application_error);
  EXPECT_EQ(error_of(thrown), "told to throw");
}

TEST(ActionHostTest, NamesTheSignalOfACrash) {
  EXPECT_THAT(error_of(run_once({{"do", "signal"}, {"number", SIGKILL}})), HasSubstr("signal 9 (SIGKILL"));
  EXPECT_THAT(error_of(run_once({{"do", "signal"}, {"number", SIGABRT}})), HasSubstr("signal 6 (SIGABRT"));
}

TEST(ActionHostTest, NamesTheExitCodeWhereNoAnswerCame) {
  EXPECT_EQ(error_of(run_once({{"do", "exit"}, {"code", 0}})), "The action ended without an answer (exit code 0).");
  EXPECT_EQ(error_of(run_once({{"do", "exit"}, {"code", 7}})), "The action ended without an answer (exit code 7).");
  EXPECT_EQ(error_of(run_once({}, hosted_action("--exits"))), "The action ended before it was ready (exit code 3).");
}

TEST(ActionHostTest, StartsAFreshProcessAfterACrash) {
  ActionHost host(hosted_action());
  EXPECT_EQ(host.run({{"do", "exit"}, {"code", 1}}).status, ActivationStatus::developer_error);
  const auto next = host.run({});
  EXPECT_TRUE(next.success());
  EXPECT_TRUE(next.init_time.has_value());
}

TEST(ActionHostTest, StartsAFreshProcessAfterOneIsKilledBetweenActivations) {
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

TEST(ActionHostTest, AnswersEveryActivationOfAProcessThatIsKilled) {
  Begun begun;
  ActionHost host(begun.counted(hosted_action()));
  std::vector<std::future<ActivationRecord>> running;
  for (int i = 0; i < 4; ++i)
    running.push_back(std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 50'000}}); }));
  begun.wait_for(4);
  ::kill(host.process_id(), SIGKILL);
  for (auto& record : running) EXPECT_THAT(error_of(record.get()), HasSubstr("SIGKILL"));
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, EndsAnActionThatHangsAndEverythingThatItStarted) {
  auto options = hosted_action();
  options.limits.timeout = milliseconds(1'500);
  ActionHost host(options);
  ASSERT_TRUE(host.run({{"do", "have a child"}}).success());
  const int group = host.process_id();
  const auto record = host.run({{"do", "sleep"}, {"ms", 1'000'000}});
  EXPECT_EQ(host.process_id(), -1);
  EXPECT_FALSE(group_lives(group));
  EXPECT_TRUE(record.timed_out);
  EXPECT_EQ(error_of(record), "The action exceeded its time limits of 1500 milliseconds.");
}

TEST(ActionHostTest, LetsOthersEndInAProcessInWhichOneHangs) {
  Begun begun;
  auto options = begun.counted(hosted_action());
  options.limits.timeout = milliseconds(2'000);
  ActionHost host(options);
  const auto pid_of_first = host.run({{"do", "pid"}}).result.at("pid").as_int64();
  auto hanging = std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 1'000'000}}); });
  begun.wait_for(1);
  EXPECT_TRUE(host.run({{"do", "sleep"}, {"ms", 1'000}}).success());
  // This one is in the same process, and ends after the one that hangs was given up.
  EXPECT_EQ(host.process_id(), pid_of_first);
  const auto other = host.run({{"do", "sleep"}, {"ms", 1'500}});
  EXPECT_TRUE(other.success()) << error_of(other);
  EXPECT_FALSE(other.init_time.has_value());
  EXPECT_TRUE(hanging.get().timed_out);
  EXPECT_NE(host.run({{"do", "pid"}}).result.at("pid").as_int64(), pid_of_first);
}

TEST(ActionHostTest, SaysThatAnActionIsNotReadyInTime) {
  auto options = hosted_action("--stalls");
  options.limits.timeout = milliseconds(300);
  const auto record = run_once({}, options);
  EXPECT_TRUE(record.timed_out);
  EXPECT_THAT(error_of(record), HasSubstr("was not ready within its time limit of 300 milliseconds"));
}

TEST(ActionHostTest, RefusesGarbageAndScalars) {
  EXPECT_THAT(error_of(run_once({{"do", "return a number"}})), HasSubstr("did not return a dictionary or array"));
  ActionHost host(hosted_action("--liar"));
  EXPECT_EQ(error_of(host.run({{"body", "garbage"}})), "The action did not produce a valid JSON response.");
  EXPECT_EQ(error_of(host.run({{"body", ""}})), "The action did not produce a valid JSON response.");
  EXPECT_THAT(error_of(host.run({{"body", "42"}})), HasSubstr("it returned a number"));
  EXPECT_THAT(error_of(host.run({{"body", "null"}})), HasSubstr("it returned null"));
  EXPECT_EQ(error_of(host.run({{"body", R"({"error":"e"})"}, {"status", 502}})), "e");
  const auto record = host.run({{"body", "{}"}, {"status", 302}});
  EXPECT_THAT(error_of(record), HasSubstr("status 302"));
  EXPECT_EQ(record.status, ActivationStatus::developer_error);
}

TEST(ActionHostTest, RefusesAResultThatIsTooLarge) {
  auto options = hosted_action();
  options.max_result_bytes = 1'000;
  ActionHost host(options);
  EXPECT_THAT(error_of(host.run({{"do", "return text"}, {"size", 10'000}})), HasSubstr("10011 > 1000 bytes"));
  // Far more than is read at all.
  const auto record = host.run({{"do", "return text"}, {"size", 10'000'000}});
  EXPECT_EQ(record.status, ActivationStatus::developer_error);
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, EndsAnActionThatFillsMemory) {
  auto options = hosted_action();
  options.limits.memory_mb = 300;
  ActionHost host(options);
  EXPECT_EQ(error_of(host.run({{"do", "fill memory"}})), "The action used more memory than its limit of 300 MB.");
  EXPECT_TRUE(host.run({}).success());
}

TEST(ActionHostTest, BoundsTheRecordedLogAndPassesAllOfItOn) {
  std::atomic<std::size_t> passed = 0;
  auto options = hosted_action();
  options.limits.logs_mb = 1;
  options.on_log = [&](LogStream stream, std::string_view bytes) {
    if (stream == LogStream::out) passed += bytes.size();
  };
  const auto record = run_once({{"do", "print"}, {"text", std::string(1'000, 'y') + '\n'}, {"times", 3'000}}, options);
  EXPECT_TRUE(record.success());
  EXPECT_EQ(passed, 3'003'000U);
  EXPECT_EQ(record.logs.back(), "Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes.");
}

TEST(ActionHostTest, RecordsLogLinesWithTimeAndStream) {
  // A line that the action did not end, and that stdio holds back from a pipe.
  const auto record = run_once({{"do", "print"}, {"text", "to stdout"}});
  EXPECT_THAT(record.logs,
              testing::UnorderedElementsAre(MatchesRegex("....-..-..T..:..:..\\....Z +stdout: to stdout"),
                                            MatchesRegex("....-..-..T..:..:..\\....Z +stderr: to stderr")));
}

TEST(ActionHostTest, GivesEachActivationItsOwnLines) {
  ActionHost host(hosted_action());
  for (const std::string text : {"one", "two", "three"}) {
    const auto record = host.run({{"do", "print"}, {"text", text + '\n'}});
    EXPECT_THAT(record.logs, testing::UnorderedElementsAre(EndsWith(": " + text), EndsWith(": to stderr")));
  }
  EXPECT_THAT(host.run({}).logs, IsEmpty());
}

TEST(ActionHostTest, NeverMixesTheContextsOf200OverlappingActivations) {
  constexpr int kAtOnce = 200;
  auto options = hosted_action();
  options.limits.concurrency = kAtOnce;
  options.arguments.insert(options.arguments.end(), {"--concurrency", std::to_string(kAtOnce)});
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  std::vector<std::future<void>> all;
  for (int i = 0; i < kAtOnce; ++i) {
    all.push_back(std::async(std::launch::async, [&host, mine = std::to_string(i)] {
      const auto id = make_activation_id();
      const auto record = host.run({{"do", "sleep"}, {"ms", 500}, {"mine", mine}}, with_id(id));
      EXPECT_TRUE(record.success()) << error_of(record);
      EXPECT_FALSE(record.init_time.has_value());
      ASSERT_TRUE(record.result.is_object() && record.result.get_object().contains("mine"));
      EXPECT_EQ(record.result.at("id"), json::value(id));
      EXPECT_EQ(record.result.at("mine"), json::value(mine));
    }));
  }
  for (auto& one : all) one.get();
}

TEST(ActionHostTest, LetsNoMoreOverlapThanTheLimit) {
  auto options = hosted_action();
  options.limits.concurrency = 2;
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::future<ActivationRecord>> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 100}}); }));
  for (auto& one : all) EXPECT_TRUE(one.get().success());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
}

TEST(ActionHostTest, SaysThatNoPlaceCameFree) {
  auto options = hosted_action();
  options.limits.concurrency = 1;
  options.limits.timeout = milliseconds(1'000);
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  std::vector<std::future<ActivationRecord>> all;
  for (int i = 0; i < 5; ++i)
    all.push_back(std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 600}}); }));
  int waited_in_vain = 0;
  for (auto& one : all) waited_in_vain += error_of(one.get()).find("1 places were taken") != std::string::npos ? 1 : 0;
  EXPECT_GE(waited_in_vain, 2);
}

TEST(ActionHostTest, GrowsNeitherHereNorThereOver10000Activations) {
  ActionHost host(hosted_action());
  const auto activate = [&](int times) {
    std::vector<std::future<void>> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.push_back(std::async(std::launch::async, [&] {
        for (int i = 0; i < times / 4; ++i) ASSERT_TRUE(host.run({{"do", "tell"}}).success());
      }));
    }
    for (auto& caller : callers) caller.get();
  };
  const auto measure = [&](int pid) { return std::pair(resident_bytes_of(pid), descriptors_of(pid)); };
  activate(2'000);
  const auto [ours, our_descriptors] = measure(::getpid());
  const auto [theirs, their_descriptors] = measure(host.process_id());
  const int pid = host.process_id();
  activate(10'000);
  ASSERT_EQ(host.process_id(), pid);
  const auto [ours_now, our_descriptors_now] = measure(::getpid());
  const auto [theirs_now, their_descriptors_now] = measure(pid);
  EXPECT_EQ(our_descriptors_now, our_descriptors);
  EXPECT_EQ(their_descriptors_now, their_descriptors);
  // Under a sanitizer freed memory stays for a while; 100 bytes an activation would show.
  constexpr std::size_t kNoise = 1U << 20U;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(ours_now, ours + kNoise);
  EXPECT_LT(theirs_now, theirs + kNoise);
#else
  (void)kNoise, (void)ours, (void)theirs, (void)ours_now, (void)theirs_now;
#endif
}

TEST(ActionHostTest, LeavesNoProcessAndNoSocketBehind) {
  const auto before = socket_folders();
  int group = -1;
  {
    ActionHost host(hosted_action());
    ASSERT_TRUE(host.run({{"do", "have a child"}}).success());
    group = host.process_id();
    ASSERT_GT(group, 0);
    EXPECT_TRUE(group_lives(group));
    EXPECT_THAT(socket_folders(), Not(testing::ContainerEq(before)));
  }
  EXPECT_FALSE(group_lives(group));
}

TEST(ActionHostTest, EndsWhenItIsInterrupted) {
  std::atomic<bool> interrupted = false;
  auto options = hosted_action();
  options.interrupted = [&] { return interrupted.load(); };
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  auto running = std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 1'000'000}}); });
  interrupted = true;
  try {
    (void)running.get();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "interrupted");
  }
  EXPECT_EQ(host.process_id(), -1);
}

TEST(ActionHostTest, SaysWhyAProgramCannotBeStarted) {
  std::string folder = testing::TempDir() + "adit-host-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
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
  std::filesystem::remove_all(folder);
}

TEST(ActionHostTest, GivesTheActionItsOwnEnvironmentAndNothingOfTheDevelopers) {
  Environment environment;
  environment.set("PATH", "/usr/bin:/bin")
      .set("HOME", "/h")
      .set("AWS_SECRET_ACCESS_KEY", "s")
      .set("ADIT_IMS", "i")
      .set("ADIT_TRACE_FD", "9")
      .set("https_proxy", "p");
  EXPECT_THAT(action_environment(environment),
              ElementsAre("ADIT_IMS=i", "HOME=/h", "PATH=/usr/bin:/bin", "https_proxy=p", "AIO_DEV=true"));
}

}  // namespace
}  // namespace adit::dev
