#include "base/random_bytes.h"

#include <gmock/gmock.h>

#include "adit/error.h"

namespace adit {
namespace {

TEST(RandomBytes, differ_each_time) {
  EXPECT_EQ(random_bytes(16).size(), 16U);
  EXPECT_NE(random_bytes(16), random_bytes(16));
}

TEST(RandomBytes, hexadecimal_digits_are_two_for_each_byte) {
  EXPECT_THAT(random_hex(16), testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(random_hex(0), "");
}

TEST(RandomBytes, an_error_says_that_the_system_has_none) {
  try {
    static_cast<void>(random_bytes(257));  // more than getentropy() returns at once
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "no_randomness");
  }
}

}  // namespace
}  // namespace adit
