#include "adit/base/text.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/base/error.h"

namespace adit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string code_of_reading(const std::string& path) {
  try {
    static_cast<void>(read_file(path));
  } catch (const Error& error) {
    return error.code() + ": " + error.message();
  }
  return "";
}

TEST(Cat, JoinsTextsCharactersAndNumbers) {
  const std::string text = "t";
  EXPECT_EQ(cat("a ", 'b', 3, text, std::string_view("v"), -1L), "a b3tv-1");
  EXPECT_EQ(cat(), "");
}

TEST(Trim, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(ToLower, TouchesAsciiLettersOnly) { EXPECT_EQ(to_lower("AZaz09-\xC3\x84"), "azaz09-\xC3\x84"); }

TEST(EqualsIgnoringCase, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
}

TEST(SplitList, TrimsAndLeavesOutEmptyPieces) {
  EXPECT_THAT(split_list(" a, b,,c ,"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list("a b", ' '), ElementsAre("a", "b"));
  EXPECT_THAT(split_list(" , ,"), IsEmpty());
  EXPECT_THAT(split_list(""), IsEmpty());
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "", "c"}, ", "), "a, , c");
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
}

TEST(ReplaceAll, ReplacesFromTheLeftWithoutLookingAtItsOwnWork) {
  EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("abc", "abc", ""), "");
  EXPECT_EQ(replace_all("", "a", "b"), "");
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> words = {"invoke", "token", "emulator", "inspect"};
  EXPECT_EQ(nearest("invok", words), "invoke");
  EXPECT_EQ(nearest("tokne", words), "token");
  EXPECT_EQ(nearest("EMULATR", words), "emulator");
  EXPECT_EQ(nearest("completely-other", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest("x", std::vector<std::string>{"y", "z"}), std::nullopt);
  EXPECT_EQ(nearest("ab", std::vector<std::string>{"ac", "AB"}), "AB");
}

TEST(Form, EncodesAsWhatwgSays) {
  EXPECT_EQ(form_encode("a b&c=d/\xC3\xA9*-._~"), "a+b%26c%3Dd%2F%C3%A9*-._%7E");
  EXPECT_EQ(form_encode(std::string_view("\0\n", 2)), "%00%0A");
}

TEST(Form, DecodesAndLeavesBrokenEscapesAsTheyAre) {
  EXPECT_EQ(form_decode("a+b%26%c3%A9"), "a b&\xC3\xA9");
  EXPECT_EQ(form_decode("100%"), "100%");
  EXPECT_EQ(form_decode("%4"), "%4");
  EXPECT_EQ(form_decode("%zz%4g"), "%zz%4g");
  EXPECT_EQ(form_decode("%%41"), "%A");
}

TEST(Form, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(form_decode(form_encode(bytes)), bytes);
}

TEST(ReadFile, ReadsEveryByte) {
  const std::string path = ::testing::TempDir() + "adit_text_test_bytes";
  std::string bytes(100000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(read_file(path), bytes);
  std::filesystem::remove(path);
}

TEST(ReadFile, ReadsFilesThatDoNotTellTheirSize) {
  EXPECT_NE(read_file("/proc/self/status"), "");
  EXPECT_EQ(read_file("/dev/null"), "");
}

TEST(ReadFile, NamesTheFileAndTheReason) {
  EXPECT_EQ(code_of_reading("/nowhere/file"), "file_unreadable: Cannot read /nowhere/file: No such file or directory.");
  EXPECT_EQ(code_of_reading("/tmp"), "file_unreadable: Cannot read /tmp: Is a directory.");
  EXPECT_EQ(code_of_reading(""), "file_unreadable: Cannot read a file with an empty name: No such file or directory.");
}

TEST(Nearest, ComparesNamesAlone) {
  const std::string longer(65, 'x');
  EXPECT_EQ(nearest(longer, std::vector<std::string>{longer + "y"}), std::nullopt);
  std::vector<std::string> many;
  for (int number = 100; number < 400; ++number) many.push_back(cat("variable_", number));
  EXPECT_TRUE(nearest("variable_150x", many));
  many.emplace_back("other_name");
  EXPECT_EQ(nearest("other_nam", many), "other_name");
  many.assign(100, std::string(64, 'x'));
  many.emplace_back(std::string(63, 'y') + "x");
  EXPECT_EQ(nearest(std::string(64, 'y'), many), std::nullopt);
}

}  // namespace
}  // namespace adit
