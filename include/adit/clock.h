#pragma once

// Clocks that are passed to what needs the time, so that tests can set it. Wall time counts milliseconds, monotonic
// time counts nanoseconds. Nothing here throws adit::Error. Thread-safe.
//
//     adit::ManualClock clock;  // in a test; programs use adit::Clock::system()
//     const auto before = clock.monotonic_now();
//     clock.advance(std::chrono::minutes(5));
//     const bool has_passed = clock.monotonic_now() - before == std::chrono::minutes(5);

#include <chrono>
#include <mutex>
#include <string>

#pragma GCC visibility push(default)

namespace adit {

/// Wall-clock time in milliseconds since the Unix epoch, UTC.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// Monotonic time in nanoseconds since an arbitrary point. It includes the time that the machine was suspended
/// (CLOCK_BOOTTIME): a token has aged when a laptop wakes up.
struct MonotonicClock {
  using rep = std::chrono::nanoseconds::rep;
  using period = std::chrono::nanoseconds::period;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};
using MonotonicTime = MonotonicClock::time_point;

/// A source of time. Everything that compares times takes a Clock, so that tests are exact. Implementations must be
/// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall_now() const noexcept = 0;
  [[nodiscard]] virtual MonotonicTime monotonic_now() const noexcept = 0;

  /// Returns the machine's clock, which exists as long as the process.
  static const Clock& system() noexcept;
};

/// A clock that only advance() and set_wall() move, for tests and simulations.
class ManualClock : public Clock {
 public:
  explicit ManualClock(WallTime wall = WallTime(std::chrono::hours(24 * 365 * 56))) : wall_(wall) {}

  [[nodiscard]] WallTime wall_now() const noexcept override;
  [[nodiscard]] MonotonicTime monotonic_now() const noexcept override;

  /// Moves both clocks, as when time passes.
  void advance(std::chrono::nanoseconds by);
  /// Sets the wall clock, as an operator does; the monotonic clock does not change.
  void set_wall(WallTime wall);

 private:
  mutable std::mutex mutex_;
  WallTime wall_;
  MonotonicTime monotonic_{};
};

/// Returns the time in the form of RFC 3339, to the second: `2026-03-01T12:30:05Z`.
[[nodiscard]] std::string to_rfc3339(WallTime time);

}  // namespace adit

#pragma GCC visibility pop
