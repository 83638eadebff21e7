#include "http/http_date.h"

#include <algorithm>
#include <array>

#include "base/text/text.h"

namespace adit::http {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Removes pieces from the front of a text. Once a piece does not match, `ok` stays false.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  void literal(std::string_view expected) {
    ok = ok && rest.starts_with(expected);
    if (ok) rest.remove_prefix(expected.size());
  }
  int number(std::size_t digits) {
    int value = 0;
    ok = ok && rest.size() >= digits;
    for (std::size_t i = 0; ok && i < digits; ++i) {
      ok = rest[i] >= '0' && rest[i] <= '9';
      value = value * 10 + (rest[i] - '0');
    }
    if (ok) rest.remove_prefix(digits);
    return value;
  }
  int month() {
    const auto* const found = std::find(kMonths.begin(), kMonths.end(), rest.substr(0, 3));
    ok = ok && found != kMonths.end();
    if (ok) rest.remove_prefix(3);
    return static_cast<int>(found - kMonths.begin()) + 1;
  }
  /// Takes the name of a day, short or `whole`. It is not compared with the date.
  void day_name(bool whole) {
    for (const auto day : kDays) {
      const auto name = whole ? day : day.substr(0, 3);
      if (ok && rest.starts_with(name)) return rest.remove_prefix(name.size());
    }
    ok = false;
  }
};

struct DateParts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void time_of_day(Scanner& scan, DateParts& to) {
  to.hour = scan.number(2);
  scan.literal(":");
  to.minute = scan.number(2);
  scan.literal(":");
  to.second = scan.number(2);
}

std::optional<std::chrono::sys_seconds> to_time(const Scanner& scan, const DateParts& fields) {
  using namespace std::chrono;
  const year_month_day date{year(fields.year), month(static_cast<unsigned>(fields.month)),
                            day(static_cast<unsigned>(fields.day))};
  // 60 is a leap second.
  if (!scan.ok || !scan.rest.empty() || !date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60)
    return std::nullopt;
  return sys_days(date) + hours(fields.hour) + minutes(fields.minute) + seconds(fields.second);
}

std::optional<std::chrono::sys_seconds> imf_fixdate(std::string_view text) {
  Scanner scan{text};
  DateParts fields;
  scan.day_name(false);
  scan.literal(", ");
  fields.day = scan.number(2);
  scan.literal(" ");
  fields.month = scan.month();
  scan.literal(" ");
  fields.year = scan.number(4);
  scan.literal(" ");
  time_of_day(scan, fields);
  scan.literal(" GMT");
  return to_time(scan, fields);
}

std::optional<std::chrono::sys_seconds> rfc850_date(std::string_view text, std::chrono::sys_seconds now) {
  Scanner scan{text};
  DateParts fields;
  scan.day_name(true);
  scan.literal(", ");
  fields.day = scan.number(2);
  scan.literal("-");
  fields.month = scan.month();
  scan.literal("-");
  const int two_digits = scan.number(2);
  scan.literal(" ");
  time_of_day(scan, fields);
  scan.literal(" GMT");
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  fields.year = this_year - this_year % 100 + two_digits;
  if (fields.year > this_year + 50) fields.year -= 100;
  return to_time(scan, fields);
}

std::optional<std::chrono::sys_seconds> asctime_date(std::string_view text) {
  Scanner scan{text};
  DateParts fields;
  scan.day_name(false);
  scan.literal(" ");
  fields.month = scan.month();
  scan.literal(" ");
  const bool one_digit = scan.rest.starts_with(' ');
  if (one_digit) scan.literal(" ");
  fields.day = scan.number(one_digit ? 1 : 2);
  scan.literal(" ");
  time_of_day(scan, fields);
  scan.literal(" ");
  fields.year = scan.number(4);
  return to_time(scan, fields);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text, std::chrono::sys_seconds now) {
  text = trim(text);
  if (auto time = imf_fixdate(text)) return time;
  if (auto time = rfc850_date(text, now)) return time;
  return asctime_date(text);
}

std::string format_http_date(std::chrono::sys_seconds time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::string text;
  text.reserve(29);
  const auto put = [&text](unsigned value, unsigned width) {
    unsigned power = 1;
    while (--width > 0) power *= 10;
    for (; power > 0; power /= 10) text += static_cast<char>('0' + value / power % 10);
  };
  text.append(kDays.at(std::chrono::weekday(days).c_encoding()).substr(0, 3)).append(", ");
  put(static_cast<unsigned>(date.day()), 2);
  text.append(" ").append(kMonths.at(static_cast<unsigned>(date.month()) - 1)).append(" ");
  put(static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += ' ';
  put(static_cast<unsigned>(clock.hours().count()), 2);
  text += ':';
  put(static_cast<unsigned>(clock.minutes().count()), 2);
  text += ':';
  put(static_cast<unsigned>(clock.seconds().count()), 2);
  return text.append(" GMT");
}

}  // namespace adit::http
