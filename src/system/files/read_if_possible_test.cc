#include "system/files/read_if_possible.h"

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit {
namespace {

TEST(ReadIfPossible, reads_a_file) {
  EXPECT_EQ(read_if_possible("/proc/self/cmdline"), read_file("/proc/self/cmdline"));
}

TEST(ReadIfPossible, returns_nothing_for_a_missing_file) {
  EXPECT_EQ(read_if_possible("/proc/self/nothing"), std::nullopt);
}

TEST(ReadIfPossible, does_not_throw_if_reading_fails) {
  EXPECT_EQ(read_if_possible("/proc/self"), "");      // a folder
  EXPECT_EQ(read_if_possible("/proc/self/mem"), "");  // nothing is mapped at its beginning
}

}  // namespace
}  // namespace adit
