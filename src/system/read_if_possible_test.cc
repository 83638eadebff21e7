#include "system/read_if_possible.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace adit {
namespace {

TEST(ReadIfPossible, ReadsAFile) { EXPECT_EQ(read_if_possible("/proc/self/cmdline"), read_file("/proc/self/cmdline")); }

TEST(ReadIfPossible, ReturnsNothingForWhatIsNotThere) {
  EXPECT_EQ(read_if_possible("/proc/self/nothing"), std::nullopt);
}

TEST(ReadIfPossible, EndsWithoutAnExceptionWhereReadingFails) {
  EXPECT_EQ(read_if_possible("/proc/self"), "");      // a folder
  EXPECT_EQ(read_if_possible("/proc/self/mem"), "");  // nothing is mapped at its beginning
}

}  // namespace
}  // namespace adit
