#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/error.h"

#include "base/text.h"

namespace adit::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(Rate, is_a_number_of_requests_in_a_time) {
  EXPECT_EQ(Rate::parse("10/1m").per, 60s);
  EXPECT_EQ(Rate::parse("10/1m").count, 10U);
  EXPECT_EQ(Rate::parse("5/s").per, 1s);
  EXPECT_EQ(Rate::parse(" 7 / 500ms ").per, 500ms);
  EXPECT_EQ(Rate::parse("100").per, 60s);
}

TEST(Rate, refuses_other_text) {
  for (const auto* text : {"", "x", "0/1m", "-1/1m", "5/", "5/x", "5/0s", "/1m", "5.5/1m", "99999999999999999999/1m"}) {
    EXPECT_THROW(static_cast<void>(Rate::parse(text)), Error) << text;
  }
}

TEST(Rate, is_written_as_it_is_read) {
  for (const auto* text : {"10/1m", "5/1s", "100/24h", "7/1500ms"}) EXPECT_EQ(Rate::parse(text).to_string(), text);
}

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
  for (std::size_t at = 1; at < RateLimits::kMost; ++at) EXPECT_FALSE(limits.take(cat("brief ", at), brief, begin));
  EXPECT_EQ(limits.size(), RateLimits::kMost);
  EXPECT_FALSE(limits.take("one more", brief, begin)) << "full of windows that last: the next to end goes";
  EXPECT_EQ(limits.size(), RateLimits::kMost);
  EXPECT_FALSE(limits.take("later", brief, begin + 2s));
  EXPECT_EQ(limits.size(), 2U);
  EXPECT_TRUE(limits.take("lasting", lasting, begin + 3s)) << "still held to its rate";
}

}  // namespace
}  // namespace adit::emulator
