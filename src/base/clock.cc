#include "adit/clock.h"

#include <array>
#include <ctime>

namespace adit {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

MonotonicTime MonotonicClock::now() noexcept {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return MonotonicTime(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

const Clock& Clock::system() noexcept {
  class SystemClock final : public Clock {
   public:
    [[nodiscard]] WallTime wall_now() const noexcept override {
      return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] MonotonicTime monotonic_now() const noexcept override { return MonotonicClock::now(); }
  };
  static const SystemClock clock;
  return clock;
}

WallTime ManualClock::wall_now() const noexcept {
  const std::scoped_lock lock(mutex_);
  return wall_;
}

MonotonicTime ManualClock::monotonic_now() const noexcept {
  const std::scoped_lock lock(mutex_);
  return monotonic_;
}

void ManualClock::advance(std::chrono::nanoseconds by) {
  const std::scoped_lock lock(mutex_);
  monotonic_ += by;
  wall_ += duration_cast<milliseconds>(by);
}

void ManualClock::set_wall(WallTime wall) {
  const std::scoped_lock lock(mutex_);
  wall_ = wall;
}

std::string to_rfc3339(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t t = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&t, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

}  // namespace adit
