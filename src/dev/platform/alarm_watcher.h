#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "adit/clock.h"

#include "dev/feeds/alarm.h"

namespace adit::dev {

class Platform;

/// Fires the alarms of a platform's triggers when they are due. Its thread runs until the watcher is destroyed.
/// Thread-safe.
class AlarmWatcher {
 public:
  /// `platform` must outlive it.
  explicit AlarmWatcher(Platform& platform)
      : platform_(platform), thread_([this](const std::stop_token& ending) { watch(ending); }) {}
  AlarmWatcher(const AlarmWatcher&) = delete;
  AlarmWatcher& operator=(const AlarmWatcher&) = delete;

  /// The next times at which alarms fire, by the trigger's name.
  [[nodiscard]] std::map<std::string, WallTime> next_times();

 private:
  void watch(const std::stop_token& ending);
  void fire_due();
  void publish_times();

  Platform& platform_;
  /// Used only by the thread, like the next two members.
  Alarms alarms_;
  /// The revision of the store and the serial number of the configuration from which the alarms are.
  std::uint64_t store_revision_ = 0;
  std::uint64_t configuration_serial_ = 0;
  std::mutex mutex_;
  std::map<std::string, WallTime> times_;
  std::jthread thread_;
};

}  // namespace adit::dev
