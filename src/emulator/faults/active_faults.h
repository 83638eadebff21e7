#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <vector>

#include "adit/emulator.h"

namespace adit::emulator {

/// The faults that are set. Thread-safe.
class ActiveFaults {
 public:
  static constexpr std::size_t kMaxFaults = 1000;

  /// Adds all of these faults, or none: throws Error `too_many_faults` (configuration) if there would be more than
  /// kMaxFaults.
  void add(std::vector<Fault> faults);
  void clear();
  /// Removes the faults that are equal to this one, whatever their `count`. Returns how many there were.
  std::size_t remove(const Fault& like);
  /// Returns the faults for a request to this path, and counts them down: for each kind, the one that was set first. If
  /// `of_ims` is false, returns only faults that have a path.
  [[nodiscard]] std::vector<Fault> take(std::string_view path, bool of_ims = true);
  /// Returns how far the clock is ahead for requests that no other fault affects.
  [[nodiscard]] std::chrono::milliseconds clock_skew() const;
  [[nodiscard]] std::vector<Fault> list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace adit::emulator
