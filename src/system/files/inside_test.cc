#include "system/files/inside.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace adit {
namespace {

namespace fs = std::filesystem;

class Inside : public testing::Test {
 protected:
  Inside() : top_(fs::path(testing::TempDir()) / ("inside-" + std::to_string(::getpid()))), root_(top_ / "root") {
    fs::create_directories(root_ / "folder");
    fs::create_directories(top_ / "other");
    std::ofstream(top_ / "other/file") << "x";
    std::ofstream(root_ / "file") << "x";
  }
  ~Inside() override { fs::remove_all(top_); }

  fs::path top_;
  fs::path root_;
};

TEST_F(Inside, includes_the_folder_itself_and_everything_below) {
  EXPECT_TRUE(is_inside(root_, root_));
  EXPECT_TRUE(is_inside(root_ / "", root_));
  EXPECT_TRUE(is_inside(root_ / "file", root_ / ""));
  EXPECT_TRUE(is_inside(root_ / "folder/../file", root_));
  EXPECT_TRUE(is_inside(root_ / "missing/file", root_));
}

TEST_F(Inside, excludes_siblings_and_longer_names) {
  EXPECT_FALSE(is_inside(top_, root_));
  EXPECT_FALSE(is_inside(root_ / "../other/file", root_));
  EXPECT_FALSE(is_inside(root_ / "missing/../../other/file", root_));
  EXPECT_FALSE(is_inside(top_ / "rooted", root_));
  EXPECT_FALSE(is_inside("/", root_));
}

TEST_F(Inside, follows_links) {
  fs::create_symlink("../other", root_ / "out");
  fs::create_symlink(top_ / "other/file", root_ / "absolute");
  fs::create_symlink("../other/missing", root_ / "dangling");
  fs::create_symlink("dangling", root_ / "twice");
  fs::create_symlink("folder", root_ / "in");
  fs::create_symlink("circle", root_ / "circle");
  fs::create_symlink("root", top_ / "alias");
  EXPECT_FALSE(is_inside(root_ / "out/file", root_));
  EXPECT_FALSE(is_inside(root_ / "out/missing", root_));
  EXPECT_FALSE(is_inside(root_ / "absolute", root_));
  EXPECT_FALSE(is_inside(root_ / "dangling", root_));
  EXPECT_FALSE(is_inside(root_ / "twice", root_));
  EXPECT_TRUE(is_inside(root_ / "in/file", root_));
  EXPECT_TRUE(is_inside(top_ / "alias/file", root_));
  EXPECT_TRUE(is_inside(root_ / "file", top_ / "alias"));
}

}  // namespace
}  // namespace adit
