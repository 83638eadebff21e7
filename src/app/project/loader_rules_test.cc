#include "app/project/loader_rules.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/project/app_config_oracle_fixture.h"
#include "app/project/project_fixture.h"
#include "app/yaml/yaml_parse.h"

namespace adit::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LoaderRules, refuse_the_same_places_as_adobes_loader) {
  for (const auto& one : oracle_cases("configurations")) {
    const auto text = std::string(one.at(0).as_string());
    std::set<std::string> wanted;
    for (const auto& path : one.at(1).as_array()) wanted.emplace(path.as_string());
    std::set<std::string> found;
    for (const auto& loader_error : find_loader_errors(parse_yaml(text, nullptr))) {
      found.insert(loader_error.path);
      EXPECT_THAT(loader_error.warning.hint, testing::Not(IsEmpty())) << text;
    }
    // For a choice of kinds (`web`), Adobe's loader reports the choice, adit the part that is wrong.
    if (wanted.size() > 1) wanted.erase("/application/web");
    EXPECT_EQ(found, wanted) << text;
  }
}

using LoaderRulesOfAProject = ProjectFixture;

TEST_F(LoaderRulesOfAProject, name_the_line_and_what_to_do) {
  write_manifest("      p:\n        actions:\n          a:\n            function: a.js\n            inputs:\n");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].kind, Warning::Kind::refused);
  EXPECT_EQ(relative(warnings[0].where.to_string()), "app.config.yaml:8:13");
  EXPECT_EQ(warnings[0].message,
            "`inputs` must be a map, but here is nothing; Adobe's tools refuse to load the project.");
  EXPECT_EQ(warnings[0].hint, "Remove the line `inputs:`, or write a map there.");
}

TEST_F(LoaderRulesOfAProject, do_not_report_a_place_that_is_reported_as_an_error) {
  write_manifest("      p:\n        actions: []\n");
  const auto project = load_project(root_, OnError::go_on);
  EXPECT_THAT(project.errors, SizeIs(1));
  EXPECT_THAT(project.warnings, IsEmpty());
}

}  // namespace
}  // namespace adit::app
