#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "adit/clock.h"

namespace adit::dev {

/// A cron expression, in UTC. Its fields are minute, hour, day of the month, month and day of the week. As in
/// OpenWhisk's alarms, an expression with six fields begins with seconds. Each field is `*`, a number, a range or a
/// list, each optionally with a step (`*/15`). Months and days may be names of three letters; Sunday is 0 or 7. If both
/// the day of the month and the day of the week are restricted, one of them must match (crontab(5)). A value.
class Cron {
 public:
  /// Returns `nullopt` if the text is not such an expression.
  [[nodiscard]] static std::optional<Cron> parse(std::string_view text);
  /// The first matching time after `time`, or `nullopt` if there is none in the next eight years (30 February).
  [[nodiscard]] std::optional<WallTime> next_after(WallTime time) const;

 private:
  [[nodiscard]] bool fits_day(std::chrono::sys_days day) const;

  std::bitset<60> seconds_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

}  // namespace adit::dev
