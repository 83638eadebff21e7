#pragma once

// Time as a value that is passed in. Wall time counts milliseconds, monotonic time nanoseconds. Thread-safe.
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
/// Monotonic time in nanoseconds since an arbitrary point; goes on while the machine is suspended (CLOCK_BOOTTIME), so
/// that a token does not seem younger after a laptop's sleep.
struct MonotonicClock {
  using rep = std::chrono::nanoseconds::rep;
  using period = std::chrono::nanoseconds::period;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};
using MonotonicTime = MonotonicClock::time_point;

/// Where time comes from. Everything that judges time takes one, so that tests are exact. Implementations are
/// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall_now() const noexcept = 0;
  [[nodiscard]] virtual MonotonicTime monotonic_now() const noexcept = 0;

  /// The machine's own clock; lives as long as the process.
  static const Clock& system() noexcept;
};

/// A clock that stands still until it is moved; for tests and simulations.
class ManualClock : public Clock {
 public:
  explicit ManualClock(WallTime wall = WallTime(std::chrono::hours(24 * 365 * 56))) : wall_(wall) {}

  [[nodiscard]] WallTime wall_now() const noexcept override;
  [[nodiscard]] MonotonicTime monotonic_now() const noexcept override;

  /// Time passes: both clocks move.
  void advance(std::chrono::nanoseconds by);
  /// Somebody sets the wall clock; the monotonic clock does not notice.
  void set_wall(WallTime wall);

 private:
  mutable std::mutex mutex_;
  WallTime wall_;
  MonotonicTime monotonic_{};
};

/// `2026-03-01T12:30:05Z` (RFC 3339), seconds precision.
[[nodiscard]] std::string to_rfc3339(WallTime time);

}  // namespace adit

#pragma GCC visibility pop
