#include "dev/feeds/cron.h"

#include <gtest/gtest.h>

namespace adit::dev {
namespace {

using namespace std::chrono_literals;

/// 2026-03-01T12:30:05Z, a Sunday.
constexpr WallTime kSunday = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h + 30min + 5s;

std::string next(std::string_view expression, WallTime time = kSunday) {
  const auto cron = Cron::parse(expression);
  if (!cron) return "not valid";
  const auto found = cron->next_after(time);
  return found ? to_rfc3339(*found) : "never";
}

TEST(Cron, fires_at_the_next_matching_time) {
  EXPECT_EQ(next("* * * * *"), "2026-03-01T12:31:00Z");
  EXPECT_EQ(next("* * * * * *"), "2026-03-01T12:30:06Z");
  EXPECT_EQ(next("*/15 * * * *"), "2026-03-01T12:45:00Z");
  EXPECT_EQ(next("30 12 * * *"), "2026-03-02T12:30:00Z");
  EXPECT_EQ(next("0 0 1 jan *"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(next("10-20/5 0,30 6 * * *"), "2026-03-02T06:00:10Z");
  EXPECT_EQ(next("5/20 * * * * *"), "2026-03-01T12:30:25Z");
  EXPECT_EQ(next("0 0 29 2 *"), "2028-02-29T00:00:00Z");
}

TEST(Cron, accepts_sunday_as_zero_and_seven) {
  EXPECT_EQ(next("0 0 * * 0"), "2026-03-08T00:00:00Z");
  EXPECT_EQ(next("0 0 * * 7"), "2026-03-08T00:00:00Z");
  EXPECT_EQ(next("0 0 * * mon-fri"), "2026-03-02T00:00:00Z");
}

TEST(Cron, matches_either_day_if_both_are_restricted) {
  EXPECT_EQ(next("0 0 15 * mon"), "2026-03-02T00:00:00Z");
  EXPECT_EQ(next("0 0 3 * sat"), "2026-03-03T00:00:00Z");
}

TEST(Cron, never_fires_on_a_day_that_does_not_exist) { EXPECT_EQ(next("0 0 30 2 *"), "never"); }

TEST(Cron, rejects_invalid_expressions) {
  for (const auto* text : {"", "* * * *", "* * * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
                           "x * * * *", "*/0 * * * *", "5-1 * * * *", "1- * * * *", ", * * * *", "-1 * * * *"})
    EXPECT_EQ(next(text), "not valid") << text;
}

}  // namespace
}  // namespace adit::dev
