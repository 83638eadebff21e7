#include "emulator/server/fnv1a.h"

#include <gtest/gtest.h>

namespace adit::emulator {
namespace {

// Test vectors of draft-eastlake-fnv, appendix C.
TEST(Fnv1a, has_the_values_of_its_specification) {
  EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325ULL);
  EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cULL);
  EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8ULL);
}

}  // namespace
}  // namespace adit::emulator
