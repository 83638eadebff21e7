#include "system/boot_id.h"

#include <gmock/gmock.h>

namespace adit {
namespace {

TEST(BootId, is_a_uuid_that_stays_the_same) {
  EXPECT_THAT(boot_id(), testing::MatchesRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  EXPECT_EQ(&boot_id(), &boot_id());
}

}  // namespace
}  // namespace adit
