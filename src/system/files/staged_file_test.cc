#include "system/files/staged_file.h"

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/temporary_folder.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

class StagedFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return (folder_.path() / name).string(); }
  [[nodiscard]] auto count() const { return std::distance(fs::directory_iterator(folder_.path()), {}); }

 private:
  TemporaryFolder folder_{fs::temp_directory_path() / "adit-staged-file"};
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST_F(StagedFileTest, the_file_keeps_its_text_until_the_new_one_is_put) {
  ASSERT_EQ(write_whole_file(path("a"), "old", 0600), 0);
  StagedFile staged(path("a"), 0600);
  ASSERT_TRUE(staged);
  ASSERT_TRUE(write_all(staged.descriptor(), "new"));
  EXPECT_EQ(read_file(path("a")), "old");
  EXPECT_TRUE(staged.put());
  EXPECT_EQ(read_file(path("a")), "new");
  EXPECT_EQ(count(), 1);
}

TEST_F(StagedFileTest, a_text_that_is_not_put_is_deleted) {
  {
    const StagedFile staged(path("a"), 0600);
    EXPECT_TRUE(fs::exists(staged.path()));
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(StagedFileTest, replaces_neither_a_pipe_nor_a_folder) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  ASSERT_EQ(::mkdir(path("folder").c_str(), 0700), 0);
  EXPECT_EQ(write_whole_file(path("pipe"), "new", 0600), EINVAL);
  EXPECT_EQ(write_whole_file(path("folder"), "new", 0600), EISDIR);
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
  EXPECT_EQ(count(), 2);
}

TEST_F(StagedFileTest, put_if_absent_keeps_an_existing_file) {
  ASSERT_EQ(write_whole_file(path("a"), "old", 0600), 0);
  {
    StagedFile staged(path("a"), 0600);
    EXPECT_FALSE(staged.put_if_absent());
    EXPECT_EQ(errno, EEXIST);
  }
  {
    StagedFile staged(path("b"), 0600);
    EXPECT_TRUE(staged.put_if_absent());
  }
  EXPECT_EQ(read_file(path("a")), "old");
  EXPECT_TRUE(fs::exists(path("b")));
  EXPECT_EQ(count(), 2);
}

TEST_F(StagedFileTest, a_whole_file_has_exactly_the_mode_whatever_the_umask_is) {
  const auto before = ::umask(0077);
  EXPECT_EQ(write_whole_file(path("a"), "text", 0644), 0);
  ::umask(before);
  EXPECT_EQ(mode_of(path("a")), 0644U);
}

TEST_F(StagedFileTest, a_whole_file_replaces_a_symbolic_link_and_not_its_target) {
  ASSERT_EQ(write_whole_file(path("target"), "old", 0600), 0);
  fs::create_symlink("target", path("link"));
  EXPECT_EQ(write_whole_file(path("link"), "new", 0600), 0);
  EXPECT_EQ(read_file(path("target")), "old");
  EXPECT_EQ(read_file(path("link")), "new");
}

TEST_F(StagedFileTest, reports_why_a_file_cannot_be_written) {
  EXPECT_EQ(write_whole_file(path("missing/a"), "text", 0600), ENOENT);
  fs::create_directory(path("folder"));
  EXPECT_EQ(write_whole_file(path("folder"), "text", 0600), EISDIR);
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace adit
