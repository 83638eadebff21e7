#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "adit/clock.h"

namespace adit::dev {

/// When a cron expression fires, in UTC: minute, hour, day of the month, month, day of the week, with seconds in front
/// of them if there are six fields, as the alarms of OpenWhisk take them. Each field is `*`, a number, a range, a list,
/// any of them with a step (`*/15`); months and days may be names of three letters, and Sunday 0 or 7. If both kinds
/// of day are restricted, either may fit (crontab(5)). A value.
class Cron {
 public:
  /// Returns `nullopt` for what is not such an expression.
  [[nodiscard]] static std::optional<Cron> parse(std::string_view text);
  /// The first time after this one; `nullopt` if there is none within the next eight years (30 February).
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
