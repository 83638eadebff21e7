#include "app/yaml/yaml_timestamp.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "base/text/ascii.h"

namespace adit::app {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

/// Reads the parts of a timestamp from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool sign(std::string_view any) {
    if (rest_.empty() || any.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool blanks() {
    const auto before = rest_.size();
    while (sign(" \t")) {
    }
    return rest_.size() < before;
  }

  /// Reads a number of `least` to `most` digits.
  std::optional<int> number(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < most && count < rest_.size() && is_digit(rest_[count])) value = value * 10 + (rest_[count++] - '0');
    if (count < least) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  /// Reads the digits after a point, any number of them, as milliseconds.
  milliseconds fraction() {
    int value = 0;
    for (int scale = 100; !rest_.empty() && is_digit(rest_.front()); scale /= 10) {
      value += scale * (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return milliseconds(value);
  }

 private:
  std::string_view rest_;
};

struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
  milliseconds time{};
};

/// Reads `Z`, `+1` or `-01:30`; returns nullopt for anything else.
std::optional<milliseconds> read_zone(Scanner& scan) {
  scan.blanks();
  if (scan.at_end() || scan.sign("Z")) return milliseconds{};
  const bool west = scan.sign("-");
  if (!west && !scan.sign("+")) return std::nullopt;
  const auto hours = scan.number(1, 2);
  const auto minutes = scan.sign(":") ? scan.number(2, 2) : std::optional(0);
  if (!hours || !minutes) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

bool read_time(Scanner& scan, Parts& parts) {
  if (!scan.sign("Tt") && !scan.blanks()) return false;
  const auto hour = scan.number(1, 2);
  const auto minute = scan.sign(":") ? scan.number(2, 2) : std::nullopt;
  const auto second = scan.sign(":") ? scan.number(2, 2) : std::nullopt;
  if (!hour || !minute || !second) return false;
  parts.time = std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  if (scan.sign(".")) parts.time += scan.fraction();
  const auto zone = read_zone(scan);
  if (!zone) return false;
  parts.time -= *zone;
  return true;
}

std::optional<Parts> read_parts(std::string_view text) {
  Scanner scan(text);
  Parts parts;
  const auto year = scan.number(4, 4);
  const auto month = scan.sign("-") ? scan.number(1, 2) : std::nullopt;
  const auto day = scan.sign("-") ? scan.number(1, 2) : std::nullopt;
  if (!year || !month || !day) return std::nullopt;
  parts.year = *year;
  parts.month = *month;
  parts.day = *day;
  // A date without a time must have two digits for month and day.
  constexpr std::size_t kDate = std::string_view("2020-01-01").size();
  if (scan.at_end()) return text.size() == kDate ? std::optional(parts) : std::nullopt;
  if (!read_time(scan, parts) || !scan.at_end()) return std::nullopt;
  return parts;
}

/// Like JavaScript's Date.UTC: two-digit years belong to the 20th century, and months and days may overflow.
std::chrono::sys_time<milliseconds> time_point_of(const Parts& parts) {
  constexpr int kMonths = 12;
  const int full_year = parts.year < 100 ? 1900 + parts.year : parts.year;
  const int months = full_year * kMonths + parts.month - 1;
  const auto first = std::chrono::year(months / kMonths) / std::chrono::month(1U + unsigned(months % kMonths)) / 1;
  return std::chrono::sys_days(first) + days(parts.day - 1) + parts.time;
}

}  // namespace

std::optional<std::string> timestamp_in_json(std::string_view text) {
  const auto parts = read_parts(text);
  if (!parts) return std::nullopt;
  const auto time_point = time_point_of(*parts);
  const auto day = std::chrono::floor<days>(time_point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(time_point - day);
  const int year = int(date.year());
  std::array<char, 40> json{};
  std::snprintf(json.data(), json.size(),
                year > 9999 ? "+%06d-%02u-%02uT%02d:%02d:%02d.%03dZ" : "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", year,
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()), int(time.minutes().count()),
                int(time.seconds().count()), int(time.subseconds().count()));
  return json.data();
}

}  // namespace adit::app
