#include "app/sources/read_action_sources.h"

#include "app/project/project_fixture.h"
#include "app/sources/input_names_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ReadActionSources : public ProjectFixture {
 protected:
  [[nodiscard]] SourceReading reading(const std::string& function, const std::string& runtime = "nodejs:22") const {
    Action action;
    action.function_path = path(function);
    action.runtime = runtime;
    return read_action_sources(action, root_);
  }
};

TEST_F(ReadActionSources, follows_only_relative_imports) {
  write("actions/a/index.js", "const u = require('../utils'); import x from \"./b.mjs\"; require('fs'); params.A");
  write("actions/utils.js", "require('./a/index.js'); exports.f = params => params.B");
  write("actions/a/b.mjs", "export default (params) => params.C");
  write("actions/a/other.js", "params.D");
  EXPECT_THAT(input_names(reading("actions/a/index.js")), ElementsAre("A", "B", "C"));
  EXPECT_THAT(input_names(reading("actions/a")), ElementsAre("A", "B", "C"));
}

TEST_F(ReadActionSources, follows_imports_that_name_a_folder_or_the_compiled_file) {
  write("a.js", "require('./package'); require('./index'); require('./src.mjs'); require('./view.jsx')");
  write("package/package.json", R"({"main": "lib/first"})");
  write("package/lib/first.js", "params.A");
  write("index/index.tsx", "params.B");
  write("src.mts", "params.C");
  write("view.tsx", "params.D");
  const auto found = reading("a.js");
  EXPECT_THAT(input_names(found), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(found.missing_files, IsEmpty());
  EXPECT_THAT(found.typescript_imports, SizeIs(3));
}

TEST_F(ReadActionSources, a_folder_of_an_import_may_have_a_main_that_does_not_exist) {
  write("a.js", "require('./x')");
  write("x/package.json", R"({"main": "gone.js"})");
  EXPECT_THAT(reading("a.js").missing_files, SizeIs(1));
  write("x/index.js", "params.A");
  EXPECT_THAT(input_names(reading("a.js")), ElementsAre("A"));
}

TEST_F(ReadActionSources, reports_imports_of_missing_files) {
  write("a.js", "\nconst u = require('./gone')");
  const auto found = reading("a.js");
  ASSERT_EQ(found.missing_files.size(), 1U);
  EXPECT_EQ(found.missing_files.front().name, "./gone");
  EXPECT_EQ(found.missing_files.front().path, path("gone.js"));
  EXPECT_EQ(relative(found.missing_files.front().where.to_string()), "a.js:2:19");
}

TEST_F(ReadActionSources, reads_the_sources_of_a_cpp_folder_but_not_its_tests_or_builds) {
  write("act/main.cc", "#include \"../shared/x.h\"\nparams.get(\"A\");");
  write("act/sub/b.cpp", "params.get(\"B\");");
  write("act/main_test.cc", "params.get(\"T\");");
  write("act/build/gen.cc", "params.get(\"G\");");
  write("shared/x.h", "");
  write("shared/x.cc", "params.get(\"X\");");
  EXPECT_THAT(input_names(reading("act", "cpp")), ElementsAre("A", "B", "X"));
}

TEST_F(ReadActionSources, limits_the_number_of_files_and_their_size) {
  write("large.js", std::string((2U << 20U) + 1, ' '));
  EXPECT_THAT(reading("large.js").files, IsEmpty());
  for (int file = 0; file <= 500; ++file) write(cat(file, ".js"), cat("require('./", file + 1, "')"));
  EXPECT_THAT(reading("0.js").files, SizeIs(500));
}

TEST_F(ReadActionSources, limits_the_imports_of_one_file) {
  std::string imports;
  for (int file = 0; file <= 1000; ++file) imports += cat("require('./", file, "')\n");
  write("a.js", imports);
  EXPECT_THAT(reading("a.js").missing_files, SizeIs(1000));
}

TEST_F(ReadActionSources, skips_files_outside_the_project) {
  const auto outside = root_ + "-outside.js";
  std::ofstream(outside) << "module.exports = (params) => params.FOREIGN";
  write("a.js", cat("require('../", std::filesystem::path(outside).filename().string(), "'); require('./link.js')"));
  std::filesystem::create_symlink(outside, path("link.js"));
  const auto found = reading("a.js");
  EXPECT_TRUE(found.inputs.empty());
  EXPECT_EQ(found.files.size(), 1U);
  std::filesystem::remove(outside);
}

}  // namespace
}  // namespace adit::app
