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

/// What the feeds of OpenWhisk's package alarms take (apache/openwhisk-package-alarms). A value.
struct Alarm {
  /// `alarm`: by a cron expression; `interval`: every so many minutes; `once`: at a date.
  enum class Kind { alarm, interval, once };
  Kind kind = Kind::alarm;
  std::optional<Cron> cron;
  std::chrono::minutes every{0};
  WallTime date{};
  std::optional<WallTime> start;
  std::optional<WallTime> stop;
  /// `maxTriggers`: how often it fires at most.
  std::optional<long long> most;
  json::object payload;

  /// `feed` is its name, `params` what it was made with. Throws Error `invalid_alarm` with words for the caller.
  [[nodiscard]] static Alarm parse(std::string_view feed, const json::object& params);
  /// When it fires the first time, if it is made now.
  [[nodiscard]] std::optional<WallTime> first(WallTime now) const;
  /// When it fires after `last`, a time of its own. What has passed by `now` is left out, so that a machine that slept
  /// does not catch up; the times stay those that they would have been.
  [[nodiscard]] std::optional<WallTime> next(WallTime last, WallTime now) const;
};

/// The alarms of all triggers, and which of them are due. Not thread-safe.
class Alarms {
 public:
  /// What triggers there are, with what their feeds were made with. An alarm that did not change keeps its times.
  void set(const std::map<std::string, json::object>& feeds, WallTime now);
  /// When the next one is due.
  [[nodiscard]] std::optional<WallTime> next() const;
  /// When each trigger's is due; those that will not fire again are left out.
  [[nodiscard]] std::map<std::string, WallTime> times() const;
  struct Due {
    std::string trigger;
    json::object payload;
    WallTime time;
  };
  /// Those that are due, earliest first, each once.
  [[nodiscard]] std::vector<Due> take_due(WallTime now);

 private:
  struct Scheduled {
    json::object made_of;
    Alarm alarm;
    std::optional<WallTime> next;
    long long fired = 0;
  };
  std::map<std::string, Scheduled> alarms_;
};

}  // namespace adit::dev
