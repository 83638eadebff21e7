#include "app/manifest/manifest_rules.h"

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ManifestRulesTest : public ProjectFixture {
 protected:
  /// Returns the warnings about the rule `r` of a package `p` with this value, as "COLUMN: message hint". The rule is
  /// in line 8.
  [[nodiscard]] std::vector<std::string> warnings_of(const std::string& rule) const {
    write_manifest(
        cat("      p:\n        actions: {news: {function: f}}\n        sequences: {chain: {actions: news}}\n        "
            "rules:\n          r: ",
            rule,
            "\n        triggers: {nightly: {feed: /whisk.system/alarms/alarm}}\n      q:\n        triggers:\n"
            "          hourly: {}\n        actions: {other: {function: f}}\n"));
    std::vector<std::string> warnings;
    for (const auto& warning : load().warnings) {
      EXPECT_EQ(relative(warning.where.file), "app.config.yaml");
      EXPECT_EQ(warning.where.line, 8);
      warnings.push_back(cat(warning.where.column, ": ", warning.message, " ", warning.hint));
    }
    return warnings;
  }
};

TEST_F(ManifestRulesTest, accepts_triggers_of_the_manifest_and_actions_and_sequences_of_the_rules_own_package) {
  for (const auto* right :
       {"{trigger: nightly, action: news}", "{trigger: hourly, action: chain}", "{trigger: nightly, action: p/news}",
        "{trigger: nightly, action: /ns/p/news}", "{trigger: nightly, action: news, description: of mine}"})
    EXPECT_THAT(warnings_of(right), IsEmpty()) << right;
}

TEST_F(ManifestRulesTest, suggests_the_nearest_name_for_one_that_the_manifest_lacks) {
  EXPECT_THAT(warnings_of("{trigger: nigthly, action: newz}"),
              ElementsAre("24: The rule 'r' has the trigger 'nigthly', which the manifest does not have. Did you mean "
                          "'nightly'?",
                          "41: The rule 'r' starts 'newz', which the package 'p' does not have. Did you mean 'news'?"));
  EXPECT_THAT(warnings_of("{trigger: weekly-report, action: q/other}"),
              ElementsAre("24: The rule 'r' has the trigger 'weekly-report', which the manifest does not have. Correct "
                          "the name, or define it below `triggers:`.",
                          "47: The rule 'r' starts 'q/other', which the package 'p' does not have. Correct the name, "
                          "or define the action."));
}

TEST_F(ManifestRulesTest, warns_of_incomplete_rules) {
  EXPECT_THAT(warnings_of("{trigger: nightly}"),
              ElementsAre("11: The rule 'r' has no `action`. Add `action:`: a rule is a trigger and what it starts."));
  EXPECT_THAT(warnings_of(""), SizeIs(2));
  EXPECT_THAT(warnings_of("{triger: nightly, action: news}"),
              ElementsAre("15: The key `triger` of rule 'r' has no effect here. Did you mean `trigger`?"));
}

}  // namespace
}  // namespace adit::app
