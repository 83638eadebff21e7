#include "dev/sources/included_files.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

/// A project with an action that includes files. Its folder is deleted at the end.
class IncludedFilesTest : public testing::Test {
 protected:
  IncludedFilesTest() {
    project_.root = folder_ + "/a [b]{c,d}*+(x)!@?";  // must not be read as a part of the patterns
    action_.package = "p";
    action_.name = "a";
    action_.runtime = "nodejs:22";
    action_.function_path = path("a.js");
    for (const auto* name :
         {"data/x.txt", "data/y.txt", "data/y.json", "data/deep/er/z.txt", "data/.hidden.txt", "a.js"})
      write(name, name);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return project_.root + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  [[nodiscard]] app::Include include(const std::string& pattern, const std::string& folder) const {
    return {.base = project_.root, .source = pattern, .destination = folder, .where = {"app.config.yaml", 7, 9}};
  }
  std::vector<std::string> included(const std::string& pattern, const std::string& folder = "./") {
    action_.include = {include(pattern, folder)};
    std::vector<std::string> paths;
    for (const auto& file : included_files(project_, action_)) paths.push_back(file.path);
    return paths;
  }

  const TemporaryFolder temporary_{testing::TempDir() + "adit-include"};
  const std::string folder_ = fs::canonical(temporary_.path()).string();
  app::Project project_;
  app::Action action_;
};

TEST_F(IncludedFilesTest, are_the_matching_files_without_their_folders) {
  EXPECT_THAT(included("data/*.txt", "text/"), ElementsAre("text/x.txt", "text/y.txt"));
  EXPECT_THAT(included("data/*.txt", "text"), ElementsAre("text/x.txt", "text/y.txt"));
  EXPECT_THAT(included("data/*.txt"), ElementsAre("x.txt", "y.txt"));
  EXPECT_THAT(included("data/x.txt", "./a/b"), ElementsAre("a/b/x.txt"));
  EXPECT_THAT(included("data/**/*.txt"), ElementsAre("x.txt", "y.txt", "z.txt"));
  EXPECT_THAT(included("data"), ElementsAre("x.txt", "y.json", "y.txt", "z.txt")) << "a folder means all files in it";
  EXPECT_THAT(included("data/y.{txt,json}"), ElementsAre("y.json", "y.txt"));
  EXPECT_THAT(included("data/[x-z].t?t"), ElementsAre("x.txt", "y.txt"));
  EXPECT_THAT(included("data/.hidden*"), ElementsAre(".hidden.txt"));
  EXPECT_THAT(included("data/*.none"), ElementsAre());
  EXPECT_THAT(included("data/*"), ElementsAre("x.txt", "y.json", "y.txt")) << "a folder that matches is skipped";
  EXPECT_THAT(included("data/@(x|y).txt"), ElementsAre("x.txt", "y.txt"));
  EXPECT_THAT(included("data/{x,none}.txt"), ElementsAre("x.txt"));
  EXPECT_THAT(included("{data,none}"), ElementsAre()) << "globby takes a folder only if the pattern is its name";
}

TEST_F(IncludedFilesTest, must_not_lead_out_of_the_project_or_the_package) {
  const auto code_of = [&](const std::string& pattern, const std::string& folder) {
    try {
      (void)included(pattern, folder);
    } catch (const Error& error) {
      return error.code();
    }
    return std::string("none");
  };
  fs::create_symlink("/etc/hostname", path("data/link.txt"));
  EXPECT_EQ(code_of("data/link.*", "./"), "outside_project");
  EXPECT_EQ(code_of("data/x.txt", "../up"), "outside_project");
  EXPECT_EQ(code_of("data/{x,..}/{x,..}/{x,..}/**/zzz", "./"), "outside_project");
  EXPECT_EQ(code_of("{data,..}/*.txt", "./"), "outside_project");
  EXPECT_EQ(code_of("data/@(..)/@(..)/*", "./"), "none") << "wildcards do not match ..";
  fs::create_directory_symlink("/", path("data/root"));
  EXPECT_EQ(code_of("data/{root,x}/**/zzz", "./"), "outside_project");
}

TEST_F(IncludedFilesTest, contain_a_settings_file_that_the_pattern_does_not_name_with_a_warning) {
  static std::string logged;
  write("s/.env", "");
  write("s/.env.local", "");
  write("s/x.txt", "");
  set_log_sink([](LogLevel, std::string_view text) { logged.append(text).append("\n"); });
  const auto warning_of = [&](const std::string& pattern) {
    logged.clear();
    EXPECT_THAT(included(pattern), testing::Not(testing::IsEmpty()));
    return logged;
  };
  for (const auto* pattern : {"s/.env", "s/.*", "s/@(.env|x)", "s/{.env,x}", "s/*"}) EXPECT_EQ(warning_of(pattern), "");
  EXPECT_THAT(warning_of("s/!(.env|x*)"),
              testing::AllOf(testing::HasSubstr("app.config.yaml:7:9: `include` of p/a puts "),
                             testing::HasSubstr("s/.env.local into its package")));
  EXPECT_THAT(warning_of("**/*(*)"), testing::HasSubstr("s/.env into its package"));
  EXPECT_EQ(warning_of("s/[.]env"), "") << "the warning is logged once";
  set_log_sink({});
}

TEST_F(IncludedFilesTest, are_copied_into_the_folder_in_which_the_action_runs) {
  EXPECT_EQ(stage_included(project_, action_), "") << "the action includes nothing";
  action_.include = {include("data/*.txt", "text/")};
  const auto stage = stage_included(project_, action_);
  EXPECT_EQ(read_file(stage + "/text/x.txt"), "data/x.txt");
  fs::remove(path("data/x.txt"));
  write("data/y.txt", "another text");
  EXPECT_EQ(stage_included(project_, action_), stage);
  EXPECT_FALSE(fs::exists(stage + "/text/x.txt"));
  EXPECT_EQ(read_file(stage + "/text/y.txt"), "another text");
}

TEST_F(IncludedFilesTest, are_copied_together_with_the_functions_folder) {
  write("folder/index.js", "code");
  action_.function_path = path("folder");
  action_.include = {include("data/x.txt", "./")};
  const auto stage = stage_included(project_, action_);
  EXPECT_EQ(read_file(stage + "/index.js"), "code");
  EXPECT_EQ(read_file(stage + "/x.txt"), "data/x.txt");
}

}  // namespace
}  // namespace adit::dev
