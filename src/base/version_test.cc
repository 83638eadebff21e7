#include "adit/version.h"

#include <string>

#include <gmock/gmock.h>

namespace adit {
namespace {

TEST(Version, has_three_numbers) {
  EXPECT_THAT(std::string(version()), ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(Version, is_in_the_user_agent) { EXPECT_EQ(user_agent(), "adit/" + std::string(version())); }

}  // namespace
}  // namespace adit
