#include "dev/console/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::dev {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Hiding hiding_secret() {
  Environment settings;
  settings.set("CLIENT_SECRET", "s3cr3t-value");
  return Hiding(settings);
}

std::string text_shown(const ActionStates& states) {
  return std::string(string_member(states.of("p/a", hiding_secret()), "output"));
}

/// What is shown if a build wrote this and failed.
std::string text_after(std::string_view output) {
  ActionStates states;
  states.building("p/a");
  states.output("p/a", output);
  states.failed("p/a", "It failed.");
  return text_shown(states);
}

TEST(ActionStates, shows_the_output_and_the_error_of_a_build_that_failed) {
  EXPECT_EQ(text_after("line 1\nline 2\n"), "line 1\nline 2\nIt failed.");
}

TEST(ActionStates, hides_secrets_in_the_output_of_a_build_as_in_a_log) {
  EXPECT_EQ(text_after("a s3cr3t-value b\ntoken eyJhbGciOi.abc.def\nc\n"), "a <hidden> b\n<hidden>\nc\nIt failed.");
}

TEST(ActionStates, shows_no_part_of_a_secret_where_the_output_is_cut) {
  for (const auto limit : {Hiding::kMostShown, 2 * Hiding::kMostShown}) {
    const auto text = text_after(std::string(limit - 5, 'x') + "s3cr3t-value" + std::string(100, 'y'));
    EXPECT_THAT(text, Not(HasSubstr("s3cr3")));
    EXPECT_THAT(text, EndsWith("It failed."));
  }
}

TEST(ActionStates, shows_no_part_of_a_secret_that_moves_because_others_are_hidden) {
  const std::string line = "eyJhbGciOi." + std::string(1000, 'x') + ".def\n";
  std::string output;
  while (output.size() + line.size() < 2 * Hiding::kMostShown - 5) output += line;
  output += std::string(2 * Hiding::kMostShown - 5 - output.size(), 'x') + "s3cr3t-value";
  const auto text = text_after(output);
  EXPECT_THAT(text, Not(HasSubstr("s3cr3")));
  EXPECT_THAT(text, EndsWith("It failed."));
}

TEST(ActionStates, does_not_show_the_output_of_an_earlier_build_if_the_action_fails_before_a_build_begins) {
  ActionStates states;
  states.building("p/a");
  states.output("p/a", "of the build");
  states.failed("p/a", "It failed.");
  EXPECT_THAT(text_shown(states), StartsWith("of the build"));
  states.failed("p/a", "The folder is not there.");
  EXPECT_EQ(text_shown(states), "The folder is not there.");
}

}  // namespace
}  // namespace adit::dev
