#include "adit/clock.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ManualClock, does_not_advance_by_itself) {
  const ManualClock clock;
  EXPECT_EQ(clock.wall_now(), clock.wall_now());
  EXPECT_EQ(clock.monotonic_now(), clock.monotonic_now());
}

TEST(ManualClock, advance_changes_both_times) {
  ManualClock clock;
  const auto wall = clock.wall_now();
  const auto monotonic = clock.monotonic_now();
  clock.advance(milliseconds(1500));
  EXPECT_EQ(clock.wall_now() - wall, milliseconds(1500));
  EXPECT_EQ(clock.monotonic_now() - monotonic, milliseconds(1500));
}

TEST(ManualClock, setting_the_wall_time_does_not_change_the_monotonic_time) {
  ManualClock clock;
  const auto monotonic = clock.monotonic_now();
  clock.set_wall(WallTime(hours(1)));
  EXPECT_EQ(clock.wall_now(), WallTime(hours(1)));
  EXPECT_EQ(clock.monotonic_now(), monotonic);
}

TEST(SystemClock, returns_the_machines_time) {
  const Clock& clock = Clock::system();
  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto now = clock.wall_now();
  EXPECT_GE(now, before);
  EXPECT_LT(now - before, hours(1));
  const auto monotonic = clock.monotonic_now();
  EXPECT_GE(clock.monotonic_now(), monotonic);
  EXPECT_EQ(&clock, &Clock::system());
}

TEST(ToRfc3339, writes_utc_in_seconds) {
  EXPECT_EQ(to_rfc3339(WallTime{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(WallTime(seconds(1772368205) + milliseconds(999))), "2026-03-01T12:30:05Z");
  EXPECT_EQ(to_rfc3339(WallTime(seconds(951782400))), "2000-02-29T00:00:00Z");
  EXPECT_EQ(to_rfc3339(WallTime(milliseconds(-1))), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace adit
