#include "emulator/faults/rate_limits.h"

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(RateLimits, allow_the_rate_and_return_the_wait_for_the_next_request) {
  RateLimits limits;
  const Rate rate{.count = 2, .per = 10s};
  const MonotonicTime begin{};
  EXPECT_FALSE(limits.take("a", rate, begin));
  EXPECT_FALSE(limits.take("a", rate, begin + 1s));
  EXPECT_EQ(limits.take("a", rate, begin + 1500ms), 9s) << "rounded up: no earlier than it may";
  EXPECT_FALSE(limits.take("b", rate, begin + 2s)) << "another's are another's";
  EXPECT_FALSE(limits.take("a", rate, begin + 10s));
}

TEST(RateLimits, forget_ended_windows_before_they_exceed_their_limit) {
  RateLimits limits;
  const Rate brief{.count = 1, .per = 1s};
  const Rate lasting{.count = 1, .per = 1h};
  const MonotonicTime begin{};
  EXPECT_FALSE(limits.take("lasting", lasting, begin));
  for (std::size_t at = 1; at < RateLimits::kMaxWindows; ++at)
    EXPECT_FALSE(limits.take(cat("brief ", at), brief, begin));
  EXPECT_EQ(limits.size(), RateLimits::kMaxWindows);
  EXPECT_FALSE(limits.take("one more", brief, begin)) << "full of windows that last: the next to end goes";
  EXPECT_EQ(limits.size(), RateLimits::kMaxWindows);
  EXPECT_FALSE(limits.take("later", brief, begin + 2s));
  EXPECT_EQ(limits.size(), 2U);
  EXPECT_TRUE(limits.take("lasting", lasting, begin + 3s)) << "still held to its rate";
}

}  // namespace
}  // namespace adit::emulator
