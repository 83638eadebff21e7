#include "dev/platform/alarm_watcher.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "adit/json.h"
#include "adit/log.h"

#include "dev/platform/platform.h"

namespace adit::dev {

std::map<std::string, WallTime> AlarmWatcher::next_times() {
  const std::lock_guard lock(mutex_);
  return times_;
}

void AlarmWatcher::publish_times() {
  const std::lock_guard lock(mutex_);
  times_ = alarms_.times();
}

/// Fires alarms when they are due, and checks for changed triggers every 50 ms.
void AlarmWatcher::watch(const std::stop_token& ending) {
  constexpr std::chrono::milliseconds kTick{50};
  while (!ending.stop_requested()) {
    auto wait = kTick;
    try {
      fire_due();
      if (const auto next = alarms_.next())
        wait = std::clamp(*next - platform_.clock().wall_now(), std::chrono::milliseconds(1), kTick);
    } catch (const std::exception& error) {
      log(LogLevel::error, error.what());
    }
    std::this_thread::sleep_for(wait);
  }
}

void AlarmWatcher::fire_due() {
  const auto catalog = platform_.catalog();
  const auto now = platform_.clock().wall_now();
  const auto revision = platform_.store().revision();
  if (revision != store_revision_ || catalog.configuration().serial != configuration_serial_) {
    std::map<std::string, json::object> feeds;
    for (const auto& trigger : catalog.triggers())
      if (trigger->feed) feeds.emplace(trigger->entity.name, *trigger->feed);
    alarms_.set(feeds, now);
    store_revision_ = revision;
    configuration_serial_ = catalog.configuration().serial;
    publish_times();
  }
  const auto all_due = alarms_.take_due(now);
  if (!all_due.empty()) publish_times();
  for (const auto& due : all_due)
    if (const auto trigger = catalog.trigger(due.trigger)) (void)platform_.fire(catalog, *trigger, due.payload);
}

}  // namespace adit::dev
