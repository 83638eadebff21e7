#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"
#include "adit/emulator.h"

namespace adit::emulator {

/// Limits the rate of each key. A key's window begins with its first request, and admits `count` requests. At most
/// `kMaxWindows` windows are kept; if there are more, the one that ends next is removed. Thread-safe.
class RateLimits {
 public:
  static constexpr std::size_t kMaxWindows = 10'000;

  /// Counts a request. Returns nullopt if it is within the rate, otherwise the wait for Retry-After, at least a second.
  [[nodiscard]] std::optional<std::chrono::seconds> take(std::string_view key, const Rate& rate, MonotonicTime now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Window {
    MonotonicTime ends;
    std::size_t taken = 0;
  };
  void make_room(MonotonicTime now);

  mutable std::mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace adit::emulator
