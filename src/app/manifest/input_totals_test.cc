#include "app/manifest/input_totals.h"

#include "app/project/project_fixture.h"
#include "base/text/long_text_fixture.h"

namespace adit::app {
namespace {

using InputTotalsTest = ProjectFixture;

TEST_F(InputTotalsTest, limits_the_inputs_that_packages_give_their_actions) {
  std::string inputs;
  for (int number = 0; number < 1000; ++number) inputs += cat("          i", number, ": x\n");
  std::string actions;
  for (int number = 0; number < 1000; ++number) actions += cat("          a", number, ": {function: f}\n");
  const auto text = cat("      p:\n        inputs:\n", inputs, "        actions:\n", actions);
  EXPECT_EQ(manifest_error(text).code(), "invalid_config");
  // The position of each value is kept by its path, and long nested names make long paths.
  const auto name = repeated("n", 300'000);
  std::string values;
  for (int number = 0; number < 1000; ++number) values += cat("v", number, ": 1, ");
  EXPECT_EQ(
      manifest_error(cat("      p:\n        actions:\n          a:\n            function: f\n            inputs:\n"
                         "              ? ",
                         name, "\n              : {", values, "}\n"))
          .code(),
      "invalid_config");
}

}  // namespace
}  // namespace adit::app
