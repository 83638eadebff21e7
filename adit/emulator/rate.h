#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/base/clock.h"

#pragma GCC visibility push(default)

namespace adit::emulator {

/// So many requests in so long.
struct Rate {
  std::size_t count = 0;
  std::chrono::milliseconds per{60'000};

  /// `10/1m`, `5/s`, `100` (a minute). Throws Error `invalid_rate` (configuration).
  static Rate parse(std::string_view text);
};

/// Holds each key to its rate: the window begins with a key's first request and lets `count` through. Keeps no more
/// than `kMost` windows: the one that ends next is let go first. Thread-safe.
class RateLimits {
 public:
  static constexpr std::size_t kMost = 10'000;

  /// Nothing where the request may pass; else how long the key has to wait, a second at least: what Retry-After says.
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

#pragma GCC visibility pop
