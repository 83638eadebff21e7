#include "base/text/shell_word.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit {
namespace {

std::string output_of_bash(const std::string& command) {
  ::setenv("ADIT_TEST_COMMAND", command.c_str(), 1);
  FILE* const pipe = ::popen("exec bash -c \"$ADIT_TEST_COMMAND\"", "r");
  std::string output;
  std::array<char, 256> some{};
  for (std::size_t count = 0; (count = std::fread(some.data(), 1, some.size(), pipe)) > 0;)
    output.append(some.data(), count);
  ::pclose(pipe);
  ::unsetenv("ADIT_TEST_COMMAND");
  return output;
}

TEST(ShellWord, does_not_change_plain_names) {
  EXPECT_EQ(shell_word("/a/b-c_1.env"), "/a/b-c_1.env");
  EXPECT_EQ(shell_word("https://127.0.0.1:9080"), "https://127.0.0.1:9080");
}

TEST(ShellWord, is_one_word_that_a_shell_reads_as_the_text) {
  for (const std::string text : {"a b", "a;b", "$(id)", "`id`", "it's", "a\nb", "\x1b]0;x\x07", "é $x", "\xff\xfe",
                                 "*?[a]", "~", "", "a\\", "\xe2\x80\xae.txt'", "{a,b}", "#a", "!x", "&&x", "a\t1"}) {
    const auto word = shell_word(text);
    EXPECT_EQ(word.find('\n'), std::string::npos) << word;
    EXPECT_EQ(word.find('\x1b'), std::string::npos) << word;
    EXPECT_EQ(output_of_bash(cat("printf %s ", word)), text) << word;
  }
}

TEST(ShellWord, a_file_name_never_becomes_an_option) {
  EXPECT_EQ(shell_file("-rf"), "./-rf");
  EXPECT_EQ(shell_file("- x"), "'./- x'");
}

}  // namespace
}  // namespace adit
