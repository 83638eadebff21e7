#include "action/one_shot.h"

#include <chrono>
#include <filesystem>
#include <iterator>

#include <gtest/gtest.h>

#include "action/action_process_fixture.h"
#include "base/text/text.h"

namespace adit {
namespace {

Response threads_of_the_process(const Params& /*params*/, const Activation& /*activation*/) {
  const auto count = std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  return json::object{{"threads", count}};
}

/// ThreadSanitizer adds a thread.
#ifdef __SANITIZE_THREAD__
constexpr int kThreadsOfTheSanitizer = 1;
#else
constexpr int kThreadsOfTheSanitizer = 0;
#endif

std::string threads(int count) { return cat("{\"threads\":", count + kThreadsOfTheSanitizer, "}\n"); }

std::string result_of_one_shot(const std::vector<std::pair<std::string, std::string>>& environment) {
  ActionProcess process(threads_of_the_process, {.arguments = {"{}"}, .environment = environment});
  EXPECT_EQ(process.end(), 0);
  return process.text("out");
}

TEST(OneShot, starts_no_thread_without_a_deadline) { EXPECT_EQ(result_of_one_shot({}), threads(1)); }

TEST(OneShot, runs_on_a_separate_thread_if_there_is_a_deadline) {
  const auto hour_from_now = std::chrono::system_clock::now() + std::chrono::hours(1);
  const auto deadline = std::chrono::floor<std::chrono::milliseconds>(hour_from_now).time_since_epoch().count();
  EXPECT_EQ(result_of_one_shot({{"__OW_DEADLINE", std::to_string(deadline)}}), threads(3));
}

}  // namespace
}  // namespace adit
