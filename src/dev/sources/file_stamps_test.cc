#include "dev/sources/file_stamps.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

class FileStampsTest : public testing::Test {
 protected:
  FileStampsTest() {
    std::ofstream(source_) << "one";
    FileStamps stamps;
    stamps.set_note("note");
    stamps.add_tree((root_ / "action").string());
    stamps.save((root_ / "stamps").string());
  }

  [[nodiscard]] FileStamps loaded() const { return FileStamps::load((root_ / "stamps").string()); }

  TemporaryFolder folder_{fs::path(testing::TempDir()) / "adit-stamps"};
  fs::path root_ = folder_.path();
  fs::path source_ = (fs::create_directory(root_ / "action"), root_ / "action" / "a.cc");
};

TEST_F(FileStampsTest, are_the_same_after_saving_and_loading) {
  EXPECT_EQ(loaded().note(), "note");
  EXPECT_TRUE(loaded().contains(source_.string()));
  EXPECT_TRUE(loaded().unchanged());
  EXPECT_TRUE(loaded().contents_unchanged());
}

TEST_F(FileStampsTest, treat_another_mode_as_a_change_but_not_of_the_contents) {
  ASSERT_EQ(::chmod(source_.c_str(), 0400), 0);
  EXPECT_FALSE(loaded().unchanged());
  EXPECT_TRUE(loaded().contents_unchanged());
  EXPECT_FALSE(is_kept_read_only(loaded(), (root_ / "dist").string())) << "it can be built again";
}

TEST_F(FileStampsTest, detect_another_content_of_the_same_size_and_modification_time) {
  const auto time = fs::last_write_time(source_);
  std::ofstream(source_) << "two";
  EXPECT_FALSE(loaded().unchanged());
  fs::last_write_time(source_, time);
  EXPECT_FALSE(loaded().unchanged()) << "a program can set the modification time";
}

}  // namespace
}  // namespace adit::dev
