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

TEST(Build, asks_compilers_for_english_messages_whatever_the_users_language) {
  const TemporaryFolder folder(testing::TempDir() + "adit-build");
  const auto cmake = folder.path() / "cmake";
  std::ofstream(cmake) << "#!/bin/sh\necho \"LC_ALL=$LC_ALL\"\nexit 1\n";
  fs::permissions(cmake, fs::perms::owner_all);
  const ScopedVariable language("LC_ALL", "de_DE.UTF-8");
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
  EXPECT_EQ(output, "LC_ALL=C\n");
}

}  // namespace
}  // namespace adit::dev
