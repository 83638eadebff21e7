#include "dev/host/action_host.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/host/action_environment.h"
#include "dev/host/hosted_action_fixture.h"
#include "system/resident_memory.h"

namespace adit::dev {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

RunOptions with_id(std::string id) {
  RunOptions run;
  run.activation_id = std::move(id);
  return run;
}

TEST(ActionHostTest, returns_the_actions_result) {
  const auto record = run_once({{"a", "Zażółć 😀"}});
  EXPECT_TRUE(record.success());
  EXPECT_EQ(to_json(record.result), "{\"a\":\"Zażółć 😀\"}");
  EXPECT_THAT(record.id, MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(record.id.size(), 32U);
  EXPECT_TRUE(record.init_time.has_value());
}

TEST(ActionHostTest, passes_the_activations_context_to_the_action) {
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

TEST(ActionHostTest, reuses_the_process_for_the_next_activation) {
  ActionHost host(hosted_action());
  const auto first = host.run({{"do", "pid"}});
  const auto second = host.run({{"do", "pid"}});
  EXPECT_EQ(first.result, second.result);
  EXPECT_EQ(first.result.at("pid").as_int64(), host.process_id());
  EXPECT_FALSE(second.init_time.has_value());
}

TEST(ActionHostTest, start_makes_the_process_warm) {
  ActionHost host(hosted_action());
  EXPECT_FALSE(host.start().has_value());
  const int pid = host.process_id();
  EXPECT_GT(pid, 0);
  EXPECT_FALSE(host.run({}).init_time.has_value());
  EXPECT_FALSE(host.start().has_value());
  EXPECT_EQ(host.process_id(), pid);
  const auto failed = ActionHost(hosted_action("--exits")).start();
  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->hint, HasSubstr("exit code 3 before it was ready"));
}

TEST(ActionHostTest, passes_a_megabyte_of_parameters) {
  auto options = hosted_action();
  options.max_result_bytes = 4U << 20U;
  const json::object big{{"big", std::string(1U << 20U, 'x')}};
  const auto record = run_once(big, options);
  EXPECT_TRUE(record.success());
  EXPECT_EQ(record.result, big);
}

TEST(ActionHostTest, limits_the_recorded_log_of_empty_lines_too) {
  auto options = hosted_action();
  options.limits.logs_mb = 1;
  const auto record = run_once({{"do", "print"}, {"text", std::string(1'000, '\n')}, {"times", 1'000}}, options);
  EXPECT_TRUE(record.success());
  std::size_t kept = 0;
  for (const auto& line : record.logs) kept += line.size();
  EXPECT_LE(kept, (1U << 20U) + 200);
  EXPECT_EQ(record.logs.back(), "Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes.");
}

TEST(ActionHostTest, limits_the_recorded_log_but_passes_all_of_it_to_the_callback) {
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

TEST(ActionHostTest, records_log_lines_with_time_and_stream) {
  // Without a line end, so that stdio keeps it in its buffer if stdout is a pipe.
  const auto record = run_once({{"do", "print"}, {"text", "to stdout"}});
  EXPECT_THAT(record.logs,
              testing::UnorderedElementsAre(MatchesRegex("....-..-..T..:..:..\\....Z +stdout: to stdout"),
                                            MatchesRegex("....-..-..T..:..:..\\....Z +stderr: to stderr")));
}

TEST(ActionHostTest, records_only_the_lines_of_each_activation) {
  ActionHost host(hosted_action());
  for (const std::string text : {"one", "two", "three"}) {
    const auto record = host.run({{"do", "print"}, {"text", text + '\n'}});
    EXPECT_THAT(record.logs, testing::UnorderedElementsAre(EndsWith(": " + text), EndsWith(": to stderr")));
  }
  EXPECT_THAT(host.run({}).logs, IsEmpty());
}

TEST(ActionHostTest, never_mixes_the_contexts_of_200_overlapping_activations) {
  const int count = overlapping_activations(200);
  auto options = hosted_action();
  options.limits.timeout = std::chrono::minutes(10);
  options.limits.concurrency = count;
  options.arguments.insert(options.arguments.end(), {"--concurrency", std::to_string(count)});
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  std::vector<std::future<void>> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(std::async(std::launch::async, [&host, count, mine = std::to_string(i)] {
      const auto id = make_activation_id();
      const auto record = host.run({{"do", "overlap"}, {"count", count}, {"mine", mine}}, with_id(id));
      EXPECT_TRUE(record.success()) << error_of(record);
      EXPECT_FALSE(record.init_time.has_value());
      ASSERT_TRUE(record.result.is_object() && record.result.get_object().contains("mine"));
      EXPECT_EQ(record.result.at("id"), json::value(id));
      EXPECT_EQ(record.result.at("mine"), json::value(mine));
    }));
  }
  for (auto& one : all) one.get();
}

TEST(ActionHostTest, runs_no_more_activations_concurrently_than_the_limit) {
  auto options = hosted_action();
  options.limits.concurrency = 2;
  ActionHost host(options);
  ASSERT_TRUE(host.run({}).success());
  std::vector<std::future<ActivationRecord>> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(std::async(std::launch::async, [&] { return host.run({{"do", "count"}, {"ms", 100}}); }));
  for (auto& one : all) {
    const auto record = one.get();
    ASSERT_TRUE(record.success()) << error_of(record);
    EXPECT_LE(record.result.at("running").as_int64(), 2);
  }
}

TEST(ActionHostTest, reports_that_no_place_became_free) {
  ManualClock clock;
  std::atomic<bool> passes = false;
  BegunActivations begun;
  auto options = begun.count_in(hosted_action());
  options.limits.concurrency = 1;
  options.clock = &clock;
  // Called by the activation that waits for a free slot.
  options.interrupted = [&] {
    if (passes) clock.advance(std::chrono::seconds(1));
    return false;
  };
  ActionHost host(options);
  auto running = std::async(std::launch::async, [&] { return host.run({{"do", "sleep"}, {"ms", 50'000}}); });
  begun.wait_for(1);
  passes = true;
  EXPECT_THAT(error_of(host.run({})), HasSubstr("The only slot of the action was busy for 60000 ms."));
  ::kill(host.process_id(), SIGKILL);
  EXPECT_THAT(running.get().hint, HasSubstr("SIGKILL"));
}

TEST(ActionHostTest, leaks_nothing_in_host_or_action_over_10000_activations) {
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
  const auto measure = [&](int pid) { return std::pair(resident_bytes(pid), descriptors_of(pid)); };
  activate(2'000);
  const auto [ours, our_descriptors] = measure(::getpid());
  const auto [theirs, their_descriptors] = measure(host.process_id());
  const int pid = host.process_id();
  activate(10'000);
  ASSERT_EQ(host.process_id(), pid);
  const auto [ours_now, our_descriptors_now] = measure(::getpid());
  const auto [theirs_now, their_descriptors_now] = measure(pid);
  // Each caller's last connection may still be closing.
  EXPECT_LE(our_descriptors_now, our_descriptors + 4);
  EXPECT_LE(their_descriptors_now, their_descriptors + 4);
  // Sanitizers keep freed memory for a while. A leak of 100 bytes per activation would exceed this.
  constexpr std::size_t kNoise = 1U << 20U;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(ours_now, ours + kNoise);
  EXPECT_LT(theirs_now, theirs + kNoise);
#else
  (void)kNoise, (void)ours, (void)theirs, (void)ours_now, (void)theirs_now;
#endif
}

TEST(ActionHostTest, passes_only_listed_variables_of_the_developers_environment) {
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

Environment with_env_file(const std::string& text, Environment environment = {}) {
  environment.add_file(EnvFile::parse(text, ".env")).set_project_root("/project");
  return environment;
}

TEST(ActionHostTest, does_not_pass_proxy_or_certificate_variables_of_a_projects_file) {
  EXPECT_THAT(action_environment(with_env_file("HTTPS_PROXY=p\nSSL_CERT_FILE=c\nHOME=/h\nPATH=.\nADIT_LOG=debug\n")),
              ElementsAre("ADIT_LOG=debug", "AIO_DEV=true"));
}

TEST(ActionHostTest, lets_a_project_choose_the_destination_only_of_its_own_secrets) {
  const SettingOrigin own{"SECRET", SettingSource::environment, {"the environment", 0, 0}};
  const SettingOrigin theirs{"SECRET", SettingSource::project, {".env", 1, 0}};
  for (const auto* name : {"ADIT_IMS", "ADIT_ENDPOINTS", "ADIT_API_HOSTS", "ADIT_TOKEN_STORE"}) {
    const auto environment = with_env_file(cat(name, "=redis://elsewhere.example\n"));
    EXPECT_THROW(refuse_untrusted_destinations(environment, own), Error) << name;
    EXPECT_NO_THROW(refuse_untrusted_destinations(environment, theirs)) << name;
    EXPECT_NO_THROW(refuse_untrusted_destinations(environment, std::nullopt)) << name;
    EXPECT_NO_THROW(refuse_untrusted_destinations(with_env_file(cat(name, "=x\n"), Environment().set(name, "y")), own));
  }
  EXPECT_NO_THROW(refuse_untrusted_destinations(with_env_file("ADIT_TOKEN_STORE=memory:\n"), own));
  EXPECT_THROW(refuse_untrusted_destinations(with_env_file("ADIT_TOKEN_STORE=file:/tokens\n"), theirs), Error);
}

TEST(ActionHostTest, does_not_send_the_users_runtime_key_to_a_host_that_a_project_names) {
  const auto own = Environment().set("AIO_runtime_auth", "u:p");
  EXPECT_THROW(RuntimeSettings::of(with_env_file("AIO_runtime_apihost=h\n", own)), Error);
  EXPECT_THROW(RuntimeSettings::of(with_env_file("AIO_RUNTIME_APIHOST=h\n", own)), Error);
  EXPECT_EQ(RuntimeSettings::of(with_env_file("AIO_runtime_apihost=h\nAIO_runtime_auth=u:p\n")).api_host, "h");
  EXPECT_EQ(RuntimeSettings::of(with_env_file("AIO_runtime_apihost=h\n")).api_host, "h");
}

}  // namespace
}  // namespace adit::dev
