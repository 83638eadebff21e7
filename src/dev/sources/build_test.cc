#include "dev/sources/build.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "http/server/raw_peers_fixture.h"
#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using http::testing::ScopedVariable;

/// Builds with this shell script as cmake, which does not make the action, and returns what the build printed.
std::string output_with_cmake(std::string_view script) {
  const TemporaryFolder folder(testing::TempDir() + "adit-build");
  const auto cmake = folder.path() / "cmake";
  std::ofstream(cmake) << "#!/bin/sh\n" << script;
  fs::permissions(cmake, fs::perms::owner_all);
  const ScopedVariable path("PATH", cat(folder.path().string(), ":/usr/bin:/bin"));

  BuildOptions options;
  options.root = folder.path().string();
  options.package = "p";
  options.action = "a";
  options.folder = options.root;
  options.adit_dir = options.root;
  std::string output;
  options.on_output = [&output](std::string_view text) { output += text; };
  EXPECT_THROW(build_action(options), Error);
  return output;
}

TEST(Build, asks_compilers_for_english_messages_whatever_the_users_language) {
  const ScopedVariable language("LC_ALL", "de_DE.UTF-8");
  EXPECT_EQ(output_with_cmake("echo \"LC_ALL=$LC_ALL\"\nexit 1\n"), "LC_ALL=C\n");
}

TEST(Build, shows_the_notices_of_adits_cmake_files_but_not_cmakes_output) {
  const auto output =
      output_with_cmake("echo 'adit: from a project'\necho 'adit: a notice' > \"$4/adit-notices.txt\"\n");
  EXPECT_EQ(output, "adit: a notice\n");
}

}  // namespace
}  // namespace adit::dev
