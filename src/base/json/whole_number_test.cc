#include "base/json/whole_number.h"

#include <limits>

#include <gtest/gtest.h>

namespace adit {
namespace {

std::optional<std::int64_t> read(const json::value& value) { return whole_number(&value); }

TEST(WholeNumber, is_read_from_numbers_and_from_strings_of_digits) {
  EXPECT_EQ(read(-7), -7);
  EXPECT_EQ(read(3.0), 3);
  EXPECT_EQ(read("86400000"), 86'400'000);
  EXPECT_EQ(read(std::numeric_limits<std::int64_t>::max()), std::numeric_limits<std::int64_t>::max());
}

TEST(WholeNumber, is_not_read_from_other_values) {
  EXPECT_FALSE(whole_number(nullptr));
  for (const json::value& value : {json::value(nullptr), json::value(true), json::value(json::array()), json::value(""),
                                   json::value("1.0"), json::value("1 "), json::value("9223372036854775808")})
    EXPECT_FALSE(read(value)) << to_json(value);
}

TEST(WholeNumber, is_not_read_from_a_double_that_has_a_fraction_or_is_not_exact) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double number :
       {0.5, 0x1p53, -0x1p53, 0x1p63, 1e300, -1e300, kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_FALSE(read(number)) << number;
  EXPECT_EQ(read(0x1p53 - 1), (std::int64_t{1} << 53) - 1);
}

}  // namespace
}  // namespace adit
