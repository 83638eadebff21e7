#include "app/manifest/runtimes.h"

#include <gtest/gtest.h>

namespace adit::app {
namespace {

TEST(Runtimes, do_not_retire_the_version_that_adit_writes) {
  const auto version = node_version(kNodeRuntime);
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(retired_node(*version), nullptr);
}

TEST(Runtimes, reads_versions) {
  EXPECT_EQ(node_version("NodeJS:18"), 18);
  EXPECT_EQ(node_version("nodejs:default"), std::nullopt);
  EXPECT_EQ(node_version("nodejs"), std::nullopt);
  EXPECT_EQ(node_version("cpp:20"), std::nullopt);
}

TEST(Runtimes, know_the_versions_of_adobe) {
  for (const auto* runtime : {"nodejs:10", "nodejs:20", "nodejs:22", "NodeJS:24", "nodejs:26"})
    EXPECT_TRUE(is_node_version_of_adobe(runtime)) << runtime;
  for (const auto* runtime : {"nodejs", "nodejs:default", "nodejs:21", "nodejs:23", "nodejs: 22", "nodejs:22.1", "cpp"})
    EXPECT_FALSE(is_node_version_of_adobe(runtime)) << runtime;
}

TEST(Runtimes, tell_when_a_version_ended_and_whether_it_is_still_listed) {
  ASSERT_NE(retired_node(20), nullptr);
  EXPECT_EQ(retired_node(20)->ended, "2026-04-30");
  EXPECT_FALSE(retired_node(20)->removed);
  ASSERT_NE(retired_node(18), nullptr);
  EXPECT_TRUE(retired_node(18)->removed);
  EXPECT_EQ(retired_node(24), nullptr);
}

}  // namespace
}  // namespace adit::app
