#include "system/files/temporary_folder.h"

#include <cerrno>
#include <fstream>
#include <optional>

#include <gtest/gtest.h>

namespace adit {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolderTest, is_removed_with_its_content) {
  const auto beside = fs::temp_directory_path() / "adit-temporary-folder-test";
  std::optional<TemporaryFolder> folder(std::in_place, beside);
  std::optional<TemporaryFolder> other(std::in_place, beside);
  const auto path = folder->path();
  ASSERT_TRUE(fs::is_directory(path));
  EXPECT_NE(path, other->path());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  fs::create_directories(path / "a" / "b");
  std::ofstream(path / "a" / "b" / "file") << "text";
  folder.reset();
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(other->path()));
}

TEST(TemporaryFolderTest, has_no_path_if_it_cannot_be_made) {
  const TemporaryFolder folder(fs::path("/dev/null") / "adit");
  const int reason = errno;
  EXPECT_TRUE(folder.path().empty());
  EXPECT_EQ(reason, ENOTDIR);
}

}  // namespace
}  // namespace adit
