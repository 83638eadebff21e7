#include "app/project/project.h"

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

using ProjectTest = ProjectFixture;

TEST_F(ProjectTest, finds_actions_by_full_and_by_unique_names) {
  write_manifest(kTwoPackages);
  const auto project = load();
  EXPECT_EQ(project.find_action("first/one").function, "a");
  EXPECT_EQ(project.find_action("one").function, "a");
  EXPECT_EQ(project.find_action("second/both").function, "c");
  EXPECT_TRUE(project.find_action("second/both").is_cpp());
  EXPECT_EQ(project.find("chain").sequence->web, Web::raw);
  EXPECT_THAT(project.actions(), SizeIs(3));
  EXPECT_THAT(project.sequences(), SizeIs(1));
}

TEST_F(ProjectTest, lists_the_meanings_of_an_ambiguous_name) {
  write_manifest(kTwoPackages);
  const auto project = load();
  auto error = error_of([&] { (void)project.find_action("both"); });
  EXPECT_EQ(error.code(), "ambiguous_action");
  EXPECT_EQ(error.message(), "More than one package has an action 'both'.");
  EXPECT_EQ(relative(error.hint()),
            "Name one as package/action:\n  first/both (app.config.yaml:7:11)\n  second/both (app.config.yaml:10:11)");
  error = error_of([&] { (void)project.find_action(""); });
  EXPECT_EQ(error.code(), "ambiguous_action");
  EXPECT_EQ(error.message(), "Which action? The project has more than one.");
}

TEST_F(ProjectTest, suggests_the_nearest_name_for_an_unknown_action) {
  write_manifest(kTwoPackages);
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action("first/onne"); });
  EXPECT_EQ(error.code(), "unknown_action");
  EXPECT_EQ(error.message(), "There is no action 'first/onne'.");
  EXPECT_THAT(error.hint(), HasSubstr("Did you mean 'first/one'?"));
  EXPECT_THAT(relative(error.hint()), HasSubstr("\n  second/chain (app.config.yaml:12:11)"));
}

TEST_F(ProjectTest, refuses_a_sequence_instead_of_an_action) {
  write_manifest(kTwoPackages);
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action("second/chain"); });
  EXPECT_EQ(error.code(), "is_sequence");
  EXPECT_EQ(place_of(error), "app.config.yaml:12:11");
  EXPECT_THAT(error.hint(), HasSubstr("second/one, second/both"));
}

TEST_F(ProjectTest, reports_a_project_without_actions) {
  write("app.config.yaml", "");
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action(""); });
  EXPECT_EQ(error.code(), "no_actions");
  EXPECT_TRUE(error.is_configuration());
}

}  // namespace
}  // namespace adit::app
