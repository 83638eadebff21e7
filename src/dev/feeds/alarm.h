#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "dev/feeds/cron.h"

namespace adit::dev {

/// The parameters of the feeds in OpenWhisk's package alarms (apache/openwhisk-package-alarms). A value.
struct Alarm {
  /// `alarm`: at the times of a cron expression; `interval`: every given number of minutes; `once`: at a date.
  enum class Kind { alarm, interval, once };
  Kind kind = Kind::alarm;
  std::optional<Cron> cron;
  std::chrono::minutes every{0};
  WallTime date{};
  std::optional<WallTime> start;
  std::optional<WallTime> stop;
  /// `maxTriggers`: the maximum number of times that it fires.
  std::optional<long long> most;
  json::object payload;

  /// `feed` is the name of the feed, `params` its parameters. Throws Error `invalid_alarm` with a message for the
  /// caller.
  [[nodiscard]] static Alarm parse(std::string_view feed, const json::object& params);
  /// The time at which it fires first, if it is created now.
  [[nodiscard]] std::optional<WallTime> first(WallTime now) const;
  /// The time at which it fires after `last`, which is an earlier such time. Times up to `now` are skipped, so that a
  /// machine that was suspended does not catch up. The later times do not shift.
  [[nodiscard]] std::optional<WallTime> next(WallTime last, WallTime now) const;
};

/// The alarms of all triggers, and when they are due. Not thread-safe.
class Alarms {
 public:
  /// Sets the parameters of each trigger's feed. An alarm whose parameters did not change keeps its times.
  void set(const std::map<std::string, json::object>& feeds, WallTime now);
  /// The time at which the next alarm is due.
  [[nodiscard]] std::optional<WallTime> next() const;
  /// The time at which each trigger's alarm is due. Triggers that will not fire again are left out.
  [[nodiscard]] std::map<std::string, WallTime> times() const;
  struct Due {
    std::string trigger;
    json::object payload;
    WallTime time;
  };
  /// Returns the alarms that are due, the earliest first, each of them once, and sets their next times.
  [[nodiscard]] std::vector<Due> take_due(WallTime now);

 private:
  struct Scheduled {
    json::object params;
    Alarm alarm;
    std::optional<WallTime> next;
    long long fired = 0;
  };
  std::map<std::string, Scheduled> alarms_;
};

}  // namespace adit::dev
