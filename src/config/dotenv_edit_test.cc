#include "config/dotenv_edit.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adit/environment.h"
#include "adit/error.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"
#include "system/files/replace_file.h"
#include "system/files/temporary_folder.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

std::string after_set(std::string text, std::string_view key, std::string_view value) {
  DotenvText dotenv(std::move(text));
  dotenv.set(key, value);
  return dotenv.text();
}

std::string after_remove(std::string text, std::string_view key) {
  DotenvText dotenv(std::move(text));
  dotenv.remove(key);
  return dotenv.text();
}

std::string after_rename(std::string text, std::string_view key, std::string_view to) {
  DotenvText dotenv(std::move(text));
  return dotenv.rename(key, to) ? dotenv.text() : "(unchanged)";
}

TEST(DotenvText, renames_only_the_key) {
  EXPECT_EQ(after_rename("# A\r\nB=A\r\n export A = 'x # y' # A\r\n", "A", "NEW"),
            "# A\r\nB=A\r\n export NEW = 'x # y' # A\r\n");
  EXPECT_EQ(after_rename("\xEF\xBB\xBF"
                         "A=\"1\n2\"",
                         "A", "B"),
            "\xEF\xBB\xBF"
            "B=\"1\n2\"");
  EXPECT_EQ(after_rename("A=1\nA=2\n", "A", "B"), "A=1\nB=2\n");
  EXPECT_EQ(after_rename("AA=1\n", "A", "B"), "(unchanged)");
  EXPECT_EQ(after_rename("A=1\nB=\n", "A", "B"), "(unchanged)");
}

TEST(DotenvText, changes_only_the_value) {
  EXPECT_EQ(after_set("# top\n\nA=1 # one\n  export B : x\nB = 2\nC=3", "A", "9"),
            "# top\n\nA=9 # one\n  export B : x\nB = 2\nC=3");
  EXPECT_EQ(after_set("A=1\n# about B\nB = 2\nC=3", "B", "9"), "A=1\n# about B\nB = 9\nC=3");
  EXPECT_EQ(after_set("A=1\nexport B: 2\n", "B", "9"), "A=1\nexport B: 9\n");
  EXPECT_EQ(after_set("A=\nB=2\n", "A", "9"), "A=9\nB=2\n");
  EXPECT_EQ(after_set("A=  # none yet\nB=2\n", "A", "9"), "A=  9# none yet\nB=2\n");
}

TEST(DotenvText, keeps_quotes_if_the_value_allows_them) {
  EXPECT_EQ(after_set("A='1'\n", "A", "2"), "A='2'\n");
  EXPECT_EQ(after_set("A=\"1\" # c\n", "A", "x y"), "A=\"x y\" # c\n");
  EXPECT_EQ(after_set("A='1'\n", "A", "it's"), "A=\"it's\"\n");
}

TEST(DotenvText, keeps_windows_line_ends_and_byte_order_marks) {
  EXPECT_EQ(after_set("\xEF\xBB\xBF"
                      "A=1\r\nB=2\r\n",
                      "A", "9"),
            "\xEF\xBB\xBF"
            "A=9\r\nB=2\r\n");
  EXPECT_EQ(after_set("A=1\r\nB=2", "C", "3"), "A=1\r\nB=2\r\nC=3\r\n");
  EXPECT_EQ(after_remove("\xEF\xBB\xBF"
                         "A=1\r\nB=2\r\n",
                         "A"),
            "\xEF\xBB\xBF"
            "B=2\r\n");
  EXPECT_EQ(after_set("", "C", "3"), "C=3\n");
}

TEST(DotenvText, replaces_a_private_key_that_is_wrapped_over_lines) {
  const std::string line = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2Z0lCQURBTkJna3Foa2lHOXcwQkFRRUZB\n";
  EXPECT_EQ(after_set("JWT_PRIVATE_KEY=" + line + line + "QUFBQQ==\nB=2\n", "JWT_PRIVATE_KEY", "new"),
            "JWT_PRIVATE_KEY=new\nB=2\n");
  EXPECT_EQ(after_remove("A=1\nJWT_PRIVATE_KEY=" + line + line + "QUFBQQ==\nB=2\n", "JWT_PRIVATE_KEY"), "A=1\nB=2\n");
  const std::string pem = "JWT_PRIVATE_KEY=\"-----BEGIN PRIVATE KEY-----\r\nAAAA\r\n-----END PRIVATE KEY-----\"\r\n";
  EXPECT_EQ(after_remove(pem + "B=2\r\n", "JWT_PRIVATE_KEY"), "B=2\r\n");
}

TEST(DotenvText, set_replaces_the_last_entry_and_remove_removes_all) {
  EXPECT_EQ(after_set("A=1\nA=2\n", "A", "3"), "A=1\nA=3\n");
  EXPECT_EQ(after_remove("A=1\n\n# c\nB=2 # gone\n# stays\n\nB=3", "B"), "A=1\n\n# c\n# stays\n\n");
  EXPECT_EQ(after_remove("A=1\n", "B"), "A=1\n");
}

TEST(DotenvText, inserts_a_new_key_before_another) {
  DotenvText text("A=1\n\n# about B\nB=2\n");
  text.set_before("B", "N", "x");
  EXPECT_EQ(text.text(), "A=1\n\n# about B\nN=x\nB=2\n");
}

TEST(DotenvText, writes_every_value_so_that_dotenv_reads_it_back) {
  for (const std::string value : {"",
                                  " ",
                                  "plain",
                                  " blanks ",
                                  "a#b",
                                  "a # b",
                                  "it's",
                                  "say \"hi\"",
                                  "`tick`",
                                  "it's \"both\"",
                                  "a\nb",
                                  "a\r\nb\n",
                                  "a\\nb",
                                  "C:\\new\\table",
                                  "\\",
                                  "ends in \\",
                                  "$HOME ${X}",
                                  "ü€𝄞",
                                  "[\"openid\",\"AdobeID\"]",
                                  "a=b",
                                  "'",
                                  "\"",
                                  "=x",
                                  "export A=1",
                                  "# no",
                                  "'quoted'",
                                  "\t"}) {
    for (const std::string before : {"", "A=1\nX=old\nB='x'\n", "X=\"o\nl\nd\"\nA=1\n", "A=1\r\nX='' # c\r\nB=2"}) {
      const auto text = after_set(before, "X", value);
      DotenvText again(text);
      EXPECT_EQ(again.get("X"), value) << text;
      EXPECT_EQ(again.get("A"), DotenvText(before).get("A")) << text;
      EXPECT_EQ(again.get("B"), DotenvText(before).get("B")) << text;
    }
  }
}

TEST(DotenvText, refuses_what_dotenv_cannot_express) {
  EXPECT_THROW(after_set("", "X", "'\"` \\n \n"), Error);
  EXPECT_THROW(after_set("", "a b", "1"), Error);
  EXPECT_THROW(after_set("", "", "1"), Error);
}

TEST(DotenvLine, quotes_only_if_necessary) {
  EXPECT_EQ(dotenv_line("A", "x/y+z=="), "A=x/y+z==");
  EXPECT_EQ(dotenv_line("A", "[\"x\"]"), "A='[\"x\"]'");
}

class DotenvFile : public ::testing::Test {
 protected:
  DotenvFile() { fs::create_directory(folder_); }
  std::string path(std::string_view name) { return (folder_ / name).string(); }
  void put(std::string_view name, std::string_view text) { std::ofstream(path(name)) << text; }
  static unsigned mode(const std::string& file) {
    struct stat found {};
    EXPECT_EQ(::stat(file.c_str(), &found), 0);
    return found.st_mode & 0777U;
  }
  std::size_t count() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  const TemporaryFolder temporary_{testing::TempDir() + "adit-edit"};
  const fs::path folder_ = temporary_.path() / "naïve folder";
};

TEST_F(DotenvFile, a_new_file_is_only_for_its_owner) {
  auto text = DotenvText::read(path(".env"));
  text.set("A", "1");
  text.write(path(".env"));
  EXPECT_EQ(read_file(path(".env")), "A=1\n");
  EXPECT_EQ(mode(path(".env")), 0600U);
  EXPECT_EQ(count(), 1U);
}

TEST_F(DotenvFile, a_file_keeps_its_mode_and_the_link_to_it) {
  put("real", "A=1\n");
  fs::permissions(path("real"), fs::perms(0640));
  fs::create_symlink("real", path(".env"));
  auto text = DotenvText::read(path(".env"));
  text.set("A", "2");
  text.write(path(".env"));
  EXPECT_TRUE(fs::is_symlink(path(".env")));
  EXPECT_EQ(read_file(path("real")), "A=2\n");
  EXPECT_EQ(mode(path("real")), 0640U);
}

TEST_F(DotenvFile, a_file_that_another_program_has_changed_is_not_written) {
  put(".env", "A=1\n");
  auto text = DotenvText::read(path(".env"));
  text.set("A", "2");
  put(".env", "A=3\n");
  EXPECT_THROW(text.write(path(".env")), Error);
  EXPECT_EQ(read_file(path(".env")), "A=3\n");
  EXPECT_EQ(count(), 1U);
}

TEST_F(DotenvFile, all_files_are_written_or_none) {
  put("a", "1");
  const std::vector<FileChange> changes = {{.path = path("a"), .before = "1", .after = "2"},
                                           {.path = path("missing/b"), .before = std::nullopt, .after = "2"}};
  EXPECT_THROW(replace_files(changes), Error);
  EXPECT_EQ(read_file(path("a")), "1");
  EXPECT_EQ(count(), 1U);
}

TEST_F(DotenvFile, folders_and_devices_are_refused) {
  fs::create_directory(path("folder"));
  EXPECT_THROW(replace_file({.path = path("folder"), .before = std::nullopt, .after = "x"}), Error);
  EXPECT_THROW(replace_file({.path = "/dev/full", .before = std::nullopt, .after = "x"}), Error);
}

TEST(DotenvText, removes_a_key_with_very_many_entries) {
  const auto many = repeated("KEY=value of some length\r\n", 1U << 20U);
  EXPECT_EQ(after_remove(cat("A=1\r\n", many, "B=2\r\n"), "KEY"), "A=1\r\nB=2\r\n");
  EXPECT_EQ(DotenvText(many).keys().size(), 1U);
}

TEST(DotenvText, finds_each_key_of_a_long_text_once) {
  std::string text;
  for (int number = 0; number < 60'000; ++number) text += cat("KEY", number, "=\n");
  EXPECT_EQ(DotenvText(text).keys().size(), 60'000U);
}

TEST(DotenvText, removes_nothing_else_if_entries_share_a_line) {
  // U+2028 ends a line for dotenv, but not for editors.
  EXPECT_EQ(after_remove("A=''\u2028A=''\nB=1\n", "A"), "B=1\n");
  EXPECT_THROW(after_remove("A=''\u2028C=''\nB=1\n", "A"), Error);
}

}  // namespace
}  // namespace adit
