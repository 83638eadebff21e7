#include "app/manifest/include.h"

#include "app/project/project_fixture.h"
#include "base/text/long_text_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IncludeTest : public ProjectFixture {
 protected:
  [[nodiscard]] std::string tree(const std::string& file = "a.yaml") const {
    return to_json(to_json_value(read_config_tree(path(file)).root));
  }
  [[nodiscard]] Error tree_error() const {
    return error_of([this] { (void)read_config_tree(path("a.yaml")); });
  }
};

TEST_F(IncludeTest, replaces_the_include_with_the_files_content_at_any_depth) {
  write("a.yaml", "top:\n  - x: {$include: sub/b.yaml}\nlast: 1\n");
  write("sub/b.yaml", "inner:\n  $include: ../c.yaml\n");
  write("c.yaml", "value: 3\n");
  EXPECT_EQ(tree(), R"({"top":[{"x":{"inner":{"value":3}}}],"last":1})");
  EXPECT_THAT(read_config_tree(path("a.yaml")).files, ElementsAre(path("a.yaml"), path("sub/b.yaml"), path("c.yaml")));
}

TEST_F(IncludeTest, lets_keys_beside_the_include_override_the_file) {
  write("a.yaml", "$include: b.yaml\nx: mine\n");
  write("b.yaml", "x: theirs\ny: theirs\n");
  EXPECT_EQ(tree(), R"({"x":"mine","y":"theirs"})");
}

TEST_F(IncludeTest, refuses_an_empty_file_as_adobes_loader_does_but_accepts_null) {
  write("a.yaml", "x: {$include: b.yaml}\n");
  write("b.yaml", "# nothing yet\n");
  EXPECT_THAT(error_of([this] { (void)tree(); }).message(), HasSubstr("is included, but contains nothing"));
  write("b.yaml", "~\n");
  EXPECT_EQ(tree(), R"({"x":{}})");
}

TEST_F(IncludeTest, keeps_the_file_of_each_node) {
  write("a.yaml", "x: {$include: sub/b.yaml}\n");
  write("sub/b.yaml", "y: text\n");
  const auto root = read_config_tree(path("a.yaml")).root;
  EXPECT_EQ(relative(root.find("x")->find("y")->where().to_string()), "sub/b.yaml:1:4");
}

TEST_F(IncludeTest, includes_one_file_twice_if_that_is_not_a_cycle) {
  write("a.yaml", "x: {$include: b.yaml}\ny: {$include: b.yaml}\n");
  write("b.yaml", "v: 1\n");
  EXPECT_EQ(tree(), R"({"x":{"v":1},"y":{"v":1}})");
}

TEST_F(IncludeTest, refuses_files_outside_the_folder) {
  write("b.yaml", "v: 1\n");
  for (const auto& include : {std::string("../b.yaml"), path("b.yaml"), std::string("link.yaml")}) {
    write("in/a.yaml", cat("x: {$include: '", include, "'}\n"));
    std::error_code exists;
    std::filesystem::create_symlink("../b.yaml", path("in/link.yaml"), exists);
    const auto error = error_of([this] { (void)read_config_tree(path("in/a.yaml")); });
    EXPECT_EQ(error.code(), "outside_project") << include;
    EXPECT_EQ(place_of(error), "in/a.yaml:1:15") << include;
  }
  write("in/a.yaml", cat("x: {$include: '", path("in/c.yaml"), "'}\n"));
  write("in/c.yaml", "v: 1\n");
  EXPECT_EQ(tree("in/a.yaml"), R"({"x":{"v":1}})") << "an absolute path inside";
}

TEST_F(IncludeTest, refuses_a_file_that_is_a_link_out_of_the_project) {
  write("b.yaml", "v: 1\n");
  write("in/c.yaml", "");
  std::filesystem::create_symlink("../b.yaml", path("in/a.yaml"));
  EXPECT_EQ(error_of([this] { (void)read_config_tree(path("in/a.yaml")); }).code(), "outside_project");
}

TEST_F(IncludeTest, refuses_a_cycle_and_lists_its_files) {
  write("a.yaml", "x:\n  $include: sub/b.yaml\n");
  write("sub/b.yaml", "y:\n  $include: c.yaml\n");
  write("sub/c.yaml", "z:\n  $include: ./../sub/b.yaml\n");
  const auto error = tree_error();
  EXPECT_EQ(error.code(), "include_cycle");
  EXPECT_EQ(relative(error.message()), "Files include each other in a circle: sub/b.yaml -> sub/c.yaml -> sub/b.yaml.");
  EXPECT_EQ(place_of(error), "sub/c.yaml:2:13");
}

TEST_F(IncludeTest, refuses_a_file_that_includes_itself_through_a_link) {
  write("a.yaml", "x: {$include: link.yaml}\n");
  std::filesystem::create_symlink(path("a.yaml"), path("link.yaml"));
  EXPECT_EQ(tree_error().code(), "include_cycle");
}

TEST_F(IncludeTest, reports_the_include_that_names_a_missing_file) {
  write("a.yaml", "x:\n  $include: sub/missing.yaml\n");
  auto error = tree_error();
  EXPECT_EQ(error.code(), "include_missing");
  EXPECT_EQ(relative(error.message()), "The file sub/missing.yaml that is included does not exist.");
  EXPECT_EQ(place_of(error), "a.yaml:2:13");
  EXPECT_THAT(error.hint(), HasSubstr("relative to"));
  std::filesystem::create_directories(path("sub/missing.yaml"));
  error = tree_error();
  EXPECT_EQ(relative(error.message()), "The file sub/missing.yaml that is included is not a file.");
}

TEST_F(IncludeTest, refuses_an_included_file_that_is_not_a_map) {
  write("a.yaml", "x:\n  $include: b.yaml\n");
  write("b.yaml", "[1, 2]\n");
  const auto error = tree_error();
  EXPECT_EQ(error.code(), "invalid_config");
  EXPECT_EQ(relative(error.message()), "b.yaml is included, but contains a list.");
  EXPECT_EQ(place_of(error), "a.yaml:2:13");
}

TEST_F(IncludeTest, refuses_an_include_without_a_file_name) {
  for (const auto* value : {"[b.yaml]", "3", "", "''", "{a: b}"}) {
    write("a.yaml", cat("x:\n  $include: ", value, "\n"));
    EXPECT_EQ(tree_error().code(), "invalid_config") << value;
    EXPECT_EQ(tree_error().where()->line, 2) << value;
  }
}

TEST_F(IncludeTest, names_the_included_file_with_invalid_yaml) {
  write("a.yaml", "x: {$include: b.yaml}\n");
  write("b.yaml", "ok: 1\nbad: [\n");
  const auto error = tree_error();
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_THAT(place_of(error), HasSubstr("b.yaml:"));
}

TEST_F(IncludeTest, limits_the_number_of_inclusions) {
  for (int level = 0; level < 30; ++level)
    write(cat(level == 0 ? "a" : cat("f", level), ".yaml"),
          cat("x: {$include: f", level + 1, ".yaml}\ny: {$include: f", level + 1, ".yaml}\n"));
  write("f30.yaml", "v: 1\n");
  const auto error = tree_error();
  EXPECT_EQ(error.code(), "invalid_config");
  EXPECT_THAT(error.message(), HasSubstr("too many included files"));
}

TEST_F(IncludeTest, limits_the_text_of_all_included_files) {
  write("b.yaml", cat("k: ", repeated("x", 900'000), "\n"));
  std::string text;
  for (int number = 0; number < 100; ++number) text += cat("a", number, ": {$include: b.yaml}\n");
  write("a.yaml", text);
  EXPECT_EQ(tree_error().code(), "invalid_config");
}

TEST_F(IncludeTest, joins_large_maps_in_linear_time) {
  std::string mine = "$include: b.yaml\n";
  std::string theirs;
  for (int number = 0; number < 30'000; ++number) {
    mine += cat("m", number, ": 1\n");
    theirs += cat("t", number, ": 2\n");
  }
  write("a.yaml", mine + "t7: 3\n");
  write("b.yaml", theirs);
  const auto root = read_config_tree(path("a.yaml")).root;
  EXPECT_EQ(root.entries.size(), 60'000U);
  EXPECT_EQ(root.find("t7")->integer, 3);
}

}  // namespace
}  // namespace adit::app
