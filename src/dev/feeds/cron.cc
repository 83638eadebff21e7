#include "dev/feeds/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string>
#include <vector>

#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  int least;
  int most;
  const std::string_view* names = nullptr;
  int name_count = 0;
};

std::optional<int> number_in(std::string_view text, const Field& field) {
  for (int i = 0; i < field.name_count; ++i)
    if (equals_ignoring_case(text, field.names[i])) return i + field.least;
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (number < field.least || number > field.most) return std::nullopt;
  return number;
}

/// Reads one part of a list: `*`, `5` or `1-5`, each optionally with `/STEP`.
bool read_part(std::string_view part, const Field& field, const std::function<void(int)>& add) {
  int step = 1;
  if (const auto slash = part.find('/'); slash != std::string_view::npos) {
    const auto given = number_in(part.substr(slash + 1), {1, 1'000});
    if (!given) return false;
    step = *given;
    part = part.substr(0, slash);
    if (part.find('-') == std::string_view::npos && part != "*") {  // `5/15`: from 5 to the end
      const auto from = number_in(part, field);
      if (!from) return false;
      for (int i = *from; i <= field.most; i += step) add(i);
      return true;
    }
  }
  int from = field.least;
  int to = field.most;
  if (part != "*") {
    const auto dash = part.find('-');
    const auto first = number_in(part.substr(0, dash), field);
    const auto last = dash == std::string_view::npos ? first : number_in(part.substr(dash + 1), field);
    if (!first || !last || *first > *last) return false;
    from = *first;
    to = *last;
  }
  for (int i = from; i <= to; i += step) add(i);
  return true;
}

template <std::size_t size>
bool read_field(std::string_view text, const Field& field, std::bitset<size>& set) {
  for (const auto& part : split_list(text, ','))
    if (!read_part(part, field, [&](int i) { set.set(static_cast<std::size_t>(i) % size); })) return false;
  return set.any();
}

std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    if (text.empty()) return words;
    std::size_t end = 0;
    while (end < text.size() && !is_space(text[end])) ++end;
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

}  // namespace

std::optional<Cron> Cron::parse(std::string_view text) {
  auto words = split_at_spaces(text);
  if (words.size() != 5 && words.size() != 6) return std::nullopt;
  if (words.size() == 5) words.insert(words.begin(), "0");
  Cron cron;
  const bool good = read_field(words[0], {0, 59}, cron.seconds_) && read_field(words[1], {0, 59}, cron.minutes_) &&
                    read_field(words[2], {0, 23}, cron.hours_) && read_field(words[3], {1, 31}, cron.days_) &&
                    read_field(words[4], {1, 12, kMonths.data(), 12}, cron.months_) &&
                    read_field(words[5], {0, 7, kWeekdays.data(), 7}, cron.weekdays_);
  if (!good) return std::nullopt;
  cron.any_day_ = words[3] == "*";
  cron.any_weekday_ = words[5] == "*";
  return cron;
}

bool Cron::fits_day(chrono::sys_days day) const {
  const chrono::year_month_day date(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool fits_date = days_.test(static_cast<unsigned>(date.day()));
  const bool fits_weekday = weekdays_.test(chrono::weekday(day).c_encoding());
  if (!any_day_ && !any_weekday_) return fits_date || fits_weekday;
  return fits_date && fits_weekday;
}

std::optional<WallTime> Cron::next_after(WallTime time) const {
  const auto from = chrono::floor<chrono::seconds>(time) + chrono::seconds(1);
  const auto first_day = chrono::floor<chrono::days>(from);
  for (auto day = first_day; day < first_day + chrono::days(8 * 366); day += chrono::days(1)) {
    if (!fits_day(day)) continue;
    const auto begin = day == first_day ? from - day : chrono::seconds(0);
    for (auto hour = chrono::floor<chrono::hours>(begin).count(); hour < 24; ++hour) {
      if (!hours_.test(static_cast<std::size_t>(hour))) continue;
      const auto hour_begin = std::max<chrono::seconds>(begin, chrono::hours(hour)) - chrono::hours(hour);
      for (auto minute = chrono::floor<chrono::minutes>(hour_begin).count(); minute < 60; ++minute) {
        if (!minutes_.test(static_cast<std::size_t>(minute))) continue;
        const auto second_begin =
            std::max<chrono::seconds>(hour_begin, chrono::minutes(minute)) - chrono::minutes(minute);
        for (auto second = second_begin.count(); second < 60; ++second)
          if (seconds_.test(static_cast<std::size_t>(second)))
            return WallTime(day + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second));
      }
    }
  }
  return std::nullopt;
}

}  // namespace adit::dev
