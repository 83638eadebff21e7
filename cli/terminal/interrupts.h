#pragma once

#include <chrono>

namespace adit::cli {

/// While this object exists, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the program, so that it can clean
/// up first. SIGINT is handled even if the program started with it ignored, as shells start background jobs of scripts;
/// SIGHUP is not, as nohup(1) requires. Only one object may exist at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// Returns the last signal received; 0 for none.
  [[nodiscard]] static int signal() noexcept;
  /// Returns a signal received that this has not returned before, for a program that continues; 0 for none. The next
  /// wait() or sleep() then waits for a further signal.
  [[nodiscard]] static int take() noexcept;
  /// Waits for a signal.
  static void wait() noexcept;
  /// Sleeps for `duration`; returns false if a signal ends the sleep early.
  [[nodiscard]] static bool sleep(std::chrono::milliseconds duration) noexcept;
};

}  // namespace adit::cli
