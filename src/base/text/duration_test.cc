#include "base/text/duration.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

using std::chrono::milliseconds;

TEST(Duration, is_read_with_its_unit) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("30s"), milliseconds(30'000));
  EXPECT_EQ(parse_duration("30"), milliseconds(30'000));
  EXPECT_EQ(parse_duration("1.5m"), milliseconds(90'000));
  EXPECT_EQ(parse_duration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(parse_duration("-10m"), milliseconds(-600'000));
}

TEST(Duration, is_nullopt_for_other_text) {
  for (const auto* text : {"", "s", "ten", "10 weeks", "1e3s", "nan", "inf", "99999999999h", "10m5", "--1s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace adit
