#include "system/files/resolve_for_writing.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "system/files/replace_file.h"
#include "system/files/temporary_folder.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

/// A home folder with a clone in it.
class ClonedProject : public testing::Test {
 protected:
  ClonedProject() {
    fs::create_directories(home_ / "clone" / ".git" / "hooks");
    fs::create_directories(home_ / "clone" / "config");
    std::ofstream(home_ / "profile") << "mine\n";
  }

  [[nodiscard]] std::string clone(const std::string& name) const { return (home_ / "clone" / name).string(); }
  void link(const std::string& name, const std::string& target) const { fs::create_symlink(target, clone(name)); }
  [[nodiscard]] static std::string refusal(const std::string& path) {
    try {
      return resolve_for_writing(path);
    } catch (const Error& error) {
      return error.code();
    }
  }

  const TemporaryFolder folder_{testing::TempDir() + "adit-clone"};
  const fs::path home_ = fs::canonical(folder_.path());
};

TEST_F(ClonedProject, files_of_the_project_resolve_to_themselves) {
  EXPECT_EQ(resolve_for_writing(clone(".env")), clone(".env"));
  EXPECT_EQ(resolve_for_writing(clone("new/folder/file")), clone("new/folder/file"));
  EXPECT_EQ(resolve_for_writing(clone("config/.././/.env")), clone(".env"));
}

TEST_F(ClonedProject, links_out_of_the_project_are_refused) {
  link("relative", "../profile");
  link("absolute", (home_ / "profile").string());
  link("dangling", "../not-there-yet");
  link("folder", "..");
  link("first", "second");
  link("second", "config/../../profile");
  link("root", "/");
  for (const auto* name : {"relative", "absolute", "dangling", "folder/profile", "folder/new", "first", "root/etc/new"})
    EXPECT_EQ(refusal(clone(name)), "link_leaves_project") << name;
}

TEST_F(ClonedProject, links_inside_the_project_are_followed_and_kept) {
  link(".env", "config/.env");
  link("here", "../clone/config");
  EXPECT_EQ(resolve_for_writing(clone(".env")), clone("config/.env"));
  EXPECT_EQ(resolve_for_writing(clone("here/x")), clone("config/x"));
  replace_file({.path = clone(".env"), .before = std::nullopt, .after = "A=1\n"});
  EXPECT_TRUE(fs::is_symlink(clone(".env")));
  EXPECT_EQ(read_file(clone("config/.env")), "A=1\n");
}

TEST_F(ClonedProject, links_into_gits_own_files_are_refused) {
  link(".env", ".git/hooks/post-checkout");
  link("git", ".git");
  EXPECT_EQ(refusal(clone(".env")), "link_leaves_project");
  EXPECT_EQ(refusal(clone("git/config")), "link_leaves_project");
  EXPECT_EQ(refusal(clone(".git/config")), clone(".git/config"));  // the user named this path
}

TEST_F(ClonedProject, a_manifest_also_makes_a_project) {
  fs::create_directories(home_ / "download");
  std::ofstream(home_ / "download" / "app.config.yaml") << "application: {}\n";
  fs::create_symlink("../profile", home_ / "download" / ".env");
  EXPECT_EQ(refusal((home_ / "download" / ".env").string()), "link_leaves_project");
}

TEST_F(ClonedProject, the_users_own_links_are_followed) {
  fs::create_symlink("clone", home_ / "work");
  fs::create_symlink("profile", home_ / "link");
  EXPECT_EQ(resolve_for_writing((home_ / "work" / ".env").string()), clone(".env"));
  EXPECT_EQ(resolve_for_writing((home_ / "link").string()), (home_ / "profile").string());
  // A link of the project is checked, whatever path leads to it.
  link(".env", "../profile");
  EXPECT_EQ(refusal((home_ / "work" / ".env").string()), "link_leaves_project");
}

TEST_F(ClonedProject, circular_links_are_refused) {
  link("a", "b");
  link("b", "a");
  EXPECT_EQ(refusal(clone("a")), "file_unwritable");
}

TEST_F(ClonedProject, nothing_is_written_through_a_link_out_of_the_project) {
  link(".env", "../profile");
  link("out", "..");
  const std::vector<FileChange> changes = {
      {.path = clone("fine"), .before = std::nullopt, .after = "x"},
      {.path = clone(".env"), .before = "mine\n", .after = "theirs\n"},
  };
  EXPECT_THROW(replace_files(changes), Error);
  EXPECT_THROW(make_folders(clone("out/new/folder")), Error);
  EXPECT_EQ(read_file((home_ / "profile").string()), "mine\n");
  EXPECT_FALSE(fs::exists(clone("fine")));
  EXPECT_FALSE(fs::exists(home_ / "new"));
}

}  // namespace
}  // namespace adit
