#include "emulator/faults/rate_limits.h"

#include <algorithm>

namespace adit::emulator {

std::optional<std::chrono::seconds> RateLimits::take(std::string_view key, const Rate& rate, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  auto found = windows_.find(key);
  if (found == windows_.end()) {
    make_room(now);
    found = windows_.emplace(key, Window{.ends = now + rate.per}).first;
  }
  auto& window = found->second;
  if (now >= window.ends) window = {.ends = now + rate.per};
  if (window.taken < rate.count) {
    ++window.taken;
    return std::nullopt;
  }
  return std::max(std::chrono::ceil<std::chrono::seconds>(window.ends - now), std::chrono::seconds(1));
}

std::size_t RateLimits::size() const {
  const std::lock_guard lock(mutex_);
  return windows_.size();
}

void RateLimits::make_room(MonotonicTime now) {
  if (windows_.size() < kMaxWindows) return;
  // A window that has ended no longer limits a client.
  std::erase_if(windows_, [&](const auto& entry) { return entry.second.ends <= now; });
  if (windows_.size() < kMaxWindows) return;
  const auto ends_sooner = [](const auto& a, const auto& b) { return a.second.ends < b.second.ends; };
  windows_.erase(std::min_element(windows_.begin(), windows_.end(), ends_sooner));
}

}  // namespace adit::emulator
