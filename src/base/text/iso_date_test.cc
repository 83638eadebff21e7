#include "base/text/iso_date.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

TEST(TakeDigits, removes_exactly_so_many_digits) {
  std::string_view text = "20261";
  EXPECT_EQ(take_digits(text, 4), 2026);
  EXPECT_EQ(text, "1");
}

TEST(TakeDigits, leaves_text_that_has_fewer) {
  for (const std::string_view with : {"", "1", "1a", "-1", "+1", " 1"}) {
    auto text = with;
    EXPECT_EQ(take_digits(text, 2), std::nullopt) << with;
    EXPECT_EQ(text, with);
  }
}

TEST(TakeIsoDate, removes_a_day) {
  std::string_view text = "2024-02-29T10:00";
  EXPECT_EQ(take_iso_date(text), sys_days(2024y / 2 / 29));
  EXPECT_EQ(text, "T10:00");
}

TEST(TakeIsoDate, returns_nullopt_for_other_forms_and_for_days_that_do_not_exist) {
  for (const std::string_view with : {"", "2024", "2024-2-29", "2024/02/29", "24-02-29", "-024-02-29", "2023-02-29",
                                      "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32", "2024-01-1"}) {
    auto text = with;
    EXPECT_EQ(take_iso_date(text), std::nullopt) << with;
  }
}

}  // namespace
}  // namespace adit
