#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/error.h"

namespace adit::emulator {
namespace {

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

}  // namespace
}  // namespace adit::emulator
