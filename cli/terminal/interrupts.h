#pragma once

#include <chrono>

namespace adit::cli {

/// While it lives, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the program, so that what was started can be
/// ended first. SIGINT counts where it came ignored too, as a script's shell has it for what it puts into the
/// background; SIGHUP does not, as nohup(1) asks. One at a time.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// The signal that came last; 0 for none.
  [[nodiscard]] static int signal() noexcept;
  /// Waits for a signal.
  static void wait() noexcept;
  /// Waits that long, but no longer than until a signal comes: false then.
  [[nodiscard]] static bool sleep(std::chrono::milliseconds duration) noexcept;
};

}  // namespace adit::cli
