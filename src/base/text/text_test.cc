#include "base/text/text.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

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

TEST(Cat, concatenates_texts_characters_and_numbers) {
  const std::string text = "t";
  EXPECT_EQ(cat("a ", 'b', 3, text, std::string_view("v"), -1L), "a b3tv-1");
  EXPECT_EQ(cat(), "");
}

TEST(Trim, removes_white_space_at_both_ends) {
  EXPECT_EQ(trim(" \t\r\n\v\fa b \n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(ToLower, changes_only_ascii_letters) { EXPECT_EQ(to_lower("AZaz09-\xC3\x84"), "azaz09-\xC3\x84"); }

TEST(EqualsIgnoringCase, ignores_the_case_of_ascii_letters_only) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
}

TEST(SplitList, trims_pieces_and_leaves_out_empty_ones) {
  EXPECT_THAT(split_list(" a, b,,c ,"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list("a b", ' '), ElementsAre("a", "b"));
  EXPECT_THAT(split_list(" , ,"), IsEmpty());
  EXPECT_THAT(split_list(""), IsEmpty());
}

TEST(Join, puts_the_separator_between_the_parts) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "", "c"}, ", "), "a, , c");
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
}

TEST(ReplaceAll, replaces_from_the_left_and_does_not_search_the_replacement) {
  EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("abc", "abc", ""), "");
  EXPECT_EQ(replace_all("", "a", "b"), "");
}

TEST(Nearest, finds_the_intended_word) {
  const std::vector<std::string> words = {"invoke", "token", "emulator", "inspect"};
  EXPECT_EQ(nearest("invok", words), "invoke");
  EXPECT_EQ(nearest("tokne", words), "token");
  EXPECT_EQ(nearest("EMULATR", words), "emulator");
  EXPECT_EQ(nearest("completely-other", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest("x", std::vector<std::string>{"y", "z"}), std::nullopt);
  EXPECT_EQ(nearest("ab", std::vector<std::string>{"ac", "AB"}), "AB");
}

TEST(Described, quotes_only_short_numbers_and_misspelt_known_words) {
  const std::vector<std::string> known = {"prod", "stage"};
  EXPECT_EQ(described("p8e-secret", known), "a value of 10 characters");
  EXPECT_EQ(described("prdo", known), "'prdo'");
  EXPECT_EQ(described("\xC3\xA9"), "a value of 1 character");
  EXPECT_EQ(described(""), "an empty value");
  EXPECT_EQ(described("65536"), "'65536'");
  EXPECT_EQ(described("1234567"), "a value of 7 characters");
}

TEST(Form, encodes_as_whatwg_specifies) {
  EXPECT_EQ(form_encode("a b&c=d/\xC3\xA9*-._~"), "a+b%26c%3Dd%2F%C3%A9*-._%7E");
  EXPECT_EQ(form_encode(std::string_view("\0\n", 2)), "%00%0A");
}

TEST(PercentEncoding, keeps_only_unreserved_characters) {
  EXPECT_EQ(percent_encode("a b&c=d/\xC3\xA9*-._~+"), "a%20b%26c%3Dd%2F%C3%A9%2A-._~%2B");
}

TEST(PercentEncoding, is_decoded_only_if_every_escape_is_whole) {
  EXPECT_EQ(percent_decode("a%20b+%c3%A9"), "a b+\xC3\xA9");
  for (const auto* malformed : {"100%", "%4", "%zz", "%4g", "%%41"}) EXPECT_EQ(percent_decode(malformed), std::nullopt);
}

TEST(Form, decodes_and_does_not_change_broken_escapes) {
  EXPECT_EQ(form_decode("a+b%26%c3%A9"), "a b&\xC3\xA9");
  EXPECT_EQ(form_decode("100%"), "100%");
  EXPECT_EQ(form_decode("%4"), "%4");
  EXPECT_EQ(form_decode("%zz%4g"), "%zz%4g");
  EXPECT_EQ(form_decode("%%41"), "%A");
}

TEST(Form, decoding_returns_every_encoded_byte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(form_decode(form_encode(bytes)), bytes);
}

TEST(ReadFile, reads_every_byte) {
  const std::string path = ::testing::TempDir() + "adit_text_test_bytes";
  std::string bytes(100000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(read_file(path), bytes);
  std::filesystem::remove(path);
}

TEST(ReadFile, reads_files_that_report_no_size) {
  EXPECT_NE(read_file("/proc/self/status"), "");
  EXPECT_EQ(read_file("/dev/null"), "");
}

TEST(ReadFile, refuses_pipes_and_devices_except_below_dev) {
  const auto folder = std::filesystem::temp_directory_path() / ("adit-pipe-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const auto pipe = (folder / "pipe").string();
  const auto device = (folder / "device").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", device);
  EXPECT_THAT(code_of_reading(pipe), testing::HasSubstr("it is a pipe, not a regular file"));
  EXPECT_THAT(code_of_reading(device), testing::HasSubstr("it is a device, not a regular file"));
  EXPECT_THAT(code_of_reading("/dev/zero"), testing::HasSubstr("larger than 16 MB"));
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "A=1", 3), 3);
  close(ends[1]);
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(ends[0])), "A=1");
  close(ends[0]);
  std::filesystem::remove_all(folder);
}

TEST(ReadFile, refuses_a_file_that_is_too_large) {
  const auto path = (std::filesystem::temp_directory_path() / ("adit-sparse-" + std::to_string(getpid()))).string();
  std::ofstream(path) << "1234";
  EXPECT_EQ(read_file(path, 4), "1234");
  EXPECT_THROW(static_cast<void>(read_file(path, 3)), Error);
  std::filesystem::resize_file(path, 1ULL << 40U);  // a sparse file, which takes no space on the disk
  EXPECT_THAT(code_of_reading(path), testing::HasSubstr("larger than 16 MB"));
  std::filesystem::remove(path);
}

TEST(ReadFile, an_error_names_the_file_and_the_reason) {
  EXPECT_EQ(code_of_reading("/nowhere/file"), "file_unreadable: Cannot read /nowhere/file: No such file or directory.");
  EXPECT_EQ(code_of_reading("/tmp"), "file_unreadable: Cannot read /tmp: Is a directory.");
  EXPECT_EQ(code_of_reading(""), "file_unreadable: Cannot read a file with an empty name: No such file or directory.");
}

TEST(Nearest, compares_only_short_names_and_limits_its_work) {
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
