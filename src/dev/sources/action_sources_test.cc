#include "dev/sources/action_sources.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "system/files/temporary_folder.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

class ActionSourcesTest : public testing::Test {
 protected:
  ActionSourcesTest() {
    project_.root = fs::canonical(folder_.path()).string();
    action_.package = "p";
    action_.name = "a";
    action_.runtime = "nodejs:22";
    action_.function_path = path("actions/a.js");
  }

  [[nodiscard]] std::string path(const std::string& name) const { return project_.root + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
  }
  [[nodiscard]] std::uint64_t state() const { return state_of(script_sources(project_, action_)); }

  const TemporaryFolder folder_{testing::TempDir() + "adit-sources"};
  app::Project project_;
  app::Action action_;
};

TEST_F(ActionSourcesTest, contain_the_files_that_a_script_names) {
  write("actions/a.js", "const u = require('../lib/u'); const c = JSON.parse(read('config.json')); require('./later')");
  write("actions/config.json", "{}");
  write("actions/other.js", "");
  write("lib/u.js", "import('./v.mjs')");
  write("lib/v.mjs", "");
  write("dev.json", "{}");
  const auto files = script_sources(project_, action_).files;
  EXPECT_THAT(files, IsSupersetOf({path("actions/a.js"), path("lib/u.js"), path("lib/v.mjs"),
                                   path("actions/config.json"), path("actions/later"), path("package.json")}));
  EXPECT_THAT(files, Not(Contains(path("dev.json"))));
  EXPECT_THAT(files, Not(Contains(path("actions/other.js"))));
}

TEST_F(ActionSourcesTest, contain_all_scripts_of_a_folder_if_a_script_computes_what_it_loads) {
  write("actions/a.js", "module.exports = (name) => require('./words/' + name)");
  write("actions/b.js", "module.exports = (name) => require(`./words/${name}`)");
  write("actions/words/en.js", "");
  EXPECT_THAT(script_sources(project_, action_).files, Contains(path("actions/words/en.js")));
  action_.function_path = path("actions/b.js");
  EXPECT_THAT(script_sources(project_, action_).files, Contains(path("actions/words/en.js")));
}

TEST_F(ActionSourcesTest, change_their_state_only_if_one_of_them_changes) {
  write("actions/a.js", "require('./b')");
  write("actions/b.js", "1");
  write("log.json", "1");
  const auto before = state();
  write("log.json", "12");
  EXPECT_EQ(state(), before);
  write("actions/b.js", "12");
  EXPECT_NE(state(), before);
}

TEST_F(ActionSourcesTest, contain_the_folder_and_the_files_that_a_failed_compiler_named) {
  write("cpp/a.cc", "");
  write("shared/b.h", "");
  write("elsewhere/c.cc", "");
  action_.runtime = "cpp";
  action_.function_path = path("cpp");
  const auto words = "In file included from " + path("cpp/a.cc") + ":1:\n" + path("shared/b.h") + ":3:5: error: no\n" +
                     path("dist/.build/p/a/x.h") + ":1: note\n";
  const auto sources = cpp_sources(project_, action_, {path("cpp/a.cc"), "/opt/adit/libadit.a"}, words);
  EXPECT_THAT(sources.folders, testing::ElementsAre(path("cpp")));
  EXPECT_THAT(sources.files, IsSupersetOf({path("shared/b.h"), std::string("/opt/adit/libadit.a")}));
  EXPECT_THAT(sources.files, Not(Contains(path("elsewhere/c.cc"))));
  for (const auto* message : {"fatal error: d.h: No such file or directory\n", "fatal error: 'd.h' file not found\n"}) {
    const auto missing = cpp_sources(project_, action_, {}, message);
    EXPECT_THAT(missing.files, Contains(path("elsewhere/c.cc"))) << "d.h may be created anywhere: " << message;
  }
}

}  // namespace
}  // namespace adit::dev
