#include "adit/log.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv

namespace adit {
namespace {

class Log : public ::testing::Test {
 protected:
  void SetUp() override {
    // A process reads ADIT_LOG only once, so tests of it run in a child process.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    set_log_level(LogLevel::info);
    ::testing::internal::CaptureStderr();
  }
  void TearDown() override { set_log_level(LogLevel::info); }
  static std::string written() { return ::testing::internal::GetCapturedStderr(); }
};

TEST_F(Log, writes_one_line_with_the_level) {
  log(LogLevel::info, "one");
  log(LogLevel::warn, "two");
  log(LogLevel::error, "three");
  EXPECT_EQ(written(), "adit: info: one\nadit: warning: two\nadit: error: three\n");
}

TEST_F(Log, writes_only_its_level_and_more_severe_ones) {
  log(LogLevel::debug, "unseen");
  set_log_level(LogLevel::error);
  log(LogLevel::warn, "unseen");
  set_log_level(LogLevel::off);
  log(LogLevel::error, "unseen");
  log(LogLevel::off, "unseen");
  set_log_level(LogLevel::debug);
  log(LogLevel::debug, "seen");
  EXPECT_EQ(written(), "adit: debug: seen\n");
}

TEST_F(Log, knows_which_levels_are_enabled) {
  set_log_level(LogLevel::warn);
  EXPECT_FALSE(log_enabled(LogLevel::info));
  EXPECT_TRUE(log_enabled(LogLevel::warn));
  EXPECT_TRUE(log_enabled(LogLevel::error));
  set_log_level(LogLevel::off);
  EXPECT_FALSE(log_enabled(LogLevel::error));
  EXPECT_FALSE(log_enabled(LogLevel::off));
  EXPECT_EQ(written(), "");
}

TEST_F(Log, a_message_is_not_a_format_and_is_written_on_one_line) {
  log(LogLevel::info, "{} %s {0:d}\nadit: error: forged\x1B[31m\xC2\x9B");
  EXPECT_EQ(written(), "adit: info: {} %s {0:d} adit: error: forged\\x1b[31m\\u009b\n");
}

TEST_F(Log, lines_of_several_threads_do_not_mix) {
  std::vector<std::thread> threads;
  const std::string line(200, 'x');
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&line] {
      for (int j = 0; j < 50; ++j) log(LogLevel::info, line);
    });
  }
  for (auto& thread : threads) thread.join();
  std::string wanted;
  for (int i = 0; i < 200; ++i) wanted += "adit: info: " + line + "\n";
  EXPECT_EQ(written(), wanted);
}

TEST_F(Log, a_sink_gets_the_entries_instead_of_stderr) {
  std::vector<std::string> entries;
  set_log_sink([&](LogLevel level, std::string_view message) {
    entries.push_back(std::to_string(static_cast<int>(level)) + std::string(message));
    throw 1;  // is ignored
  });
  log(LogLevel::warn, "two\nlines \x1b[31m");
  log(LogLevel::debug, "unseen");
  set_log_sink({});
  log(LogLevel::info, "again");
  EXPECT_THAT(entries, ::testing::ElementsAre("2two lines \\x1b[31m"));
  EXPECT_EQ(written(), "adit: info: again\n");
}

[[noreturn]] void report_level(const char* word) {
  setenv("ADIT_LOG", word, 1);
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) log(level, "x");
  _exit(0);
}

TEST(LogDeathTest, reads_its_level_from_the_environment) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto exits = ::testing::ExitedWithCode(0);
  EXPECT_EXIT(report_level("debug"), exits, "adit: debug: x\nadit: info: x\nadit: warning: x\nadit: error: x");
  EXPECT_EXIT(report_level(" Error "), exits, "^adit: error: x\n$");
  EXPECT_EXIT(report_level("warn"), exits, "^adit: warning: x\nadit: error: x\n$");
  EXPECT_EXIT(report_level("nonsense"), exits, "^adit: info: x\n");
  EXPECT_EXIT(report_level("off"), exits, "^$");
}

}  // namespace
}  // namespace adit
