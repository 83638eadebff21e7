#include "app/manifest/manifest_names.h"

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

using ManifestNamesTest = ProjectFixture;

TEST_F(ManifestNamesTest, warns_of_a_sequence_with_missing_actions) {
  write_manifest(kTwoPackages);
  const auto project = load();
  ASSERT_THAT(project.warnings, SizeIs(1));
  EXPECT_EQ(relative(project.warnings[0].to_string()),
            "app.config.yaml:12:11: The sequence 'second/chain' runs 'second/one', which the package 'second' does not "
            "have.\n"
            "  Correct the name, or define the action.");
}

TEST_F(ManifestNamesTest, warns_of_sequences_that_no_platform_accepts) {
  std::string half = "one";
  for (int i = 0; i < 25; ++i) half += ", one";
  write_manifest(cat("      first:\n        actions:\n          one: {function: a}\n        sequences:\n",  //
                     "          itself: {actions: 'one, itself'}\n", "          by: {actions: '/_/first/way'}\n",
                     "          way: {actions: by}\n", "          half: {actions: '", half, "'}\n",
                     "          whole: {actions: 'half, half'}\n", "          long: {actions: '", half, ", ", half,
                     "'}\n", "          twice: {actions: 'one, one'}\n"));
  std::vector<std::string> messages;
  for (const auto& warning : load().warnings) {
    EXPECT_EQ(warning.kind, Warning::Kind::refused);
    messages.push_back(warning.message);
  }
  constexpr auto kItself = "' contains itself; no platform accepts it.";
  constexpr auto kLong = "' runs more than 50 actions, including those of the sequences in it; no platform accepts it.";
  EXPECT_THAT(messages, ElementsAre(cat("The sequence 'first/by", kItself), cat("The sequence 'first/itself", kItself),
                                    cat("The sequence 'first/long", kLong), cat("The sequence 'first/way", kItself),
                                    cat("The sequence 'first/whole", kLong)));
}

TEST_F(ManifestNamesTest, refuses_two_actions_of_the_same_name_in_application_and_extension) {
  write("app.config.yaml",
        "application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a: {function: f}\n"
        "extensions:\n  dx/excshell/1:\n    $include: ext.yaml\n");
  write("ext.yaml", "runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: {function: f}\n");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "two_actions");
  EXPECT_EQ(relative(error.message()), "'p/a' is defined twice: at app.config.yaml:6:11 and at ext.yaml:5:9.");
  EXPECT_EQ(place_of(error), "ext.yaml:5:9");
}

TEST_F(ManifestNamesTest, refuses_a_sequence_with_the_name_of_an_action) {
  const auto error =
      manifest_error("      p:\n        actions: {a: {function: f}}\n        sequences: {a: {actions: b}}\n");
  EXPECT_EQ(error.code(), "two_actions");
}

}  // namespace
}  // namespace adit::app
