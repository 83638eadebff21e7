#include "system/resident_memory.h"

#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace adit {
namespace {

TEST(ResidentMemory, grows_with_the_memory_that_the_process_writes) {
  constexpr std::size_t kSize = 64U << 20U;
  const auto before = resident_bytes(::getpid());
  const std::string written(kSize, 'x');
  EXPECT_GE(resident_bytes(::getpid()), before + kSize / 2);
  EXPECT_EQ(written.back(), 'x');
}

TEST(ResidentMemory, is_0_if_there_is_no_such_process) { EXPECT_EQ(resident_bytes(-1), 0U); }

}  // namespace
}  // namespace adit
