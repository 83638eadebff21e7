#include "base/text/iso_date.h"

#include <algorithm>

#include "base/text/ascii.h"

namespace adit {

bool take_one_of(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  const auto digits = text.substr(0, count);
  if (digits.size() < count || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  text.remove_prefix(count);
  return number;
}

std::optional<std::chrono::sys_days> take_iso_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  const auto month = take_one_of(text, "-") ? take_digits(text, 2) : std::nullopt;
  const auto day = take_one_of(text, "-") ? take_digits(text, 2) : std::nullopt;
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

}  // namespace adit
