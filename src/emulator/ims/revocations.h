#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::emulator {

/// The tokens that were revoked before their end, by their claim `id`: the same token can be written in several ways.
/// Holds each until it would have expired anyway. Thread-safe.
class Revocations {
 public:
  static constexpr std::size_t kMost = 100'000;

  /// Forgets those that have expired at `now`. Returns false if there are kMost others: the token stays valid then.
  [[nodiscard]] bool add(const json::object& claims, WallTime now);
  /// The same for the token with this id, which expires then.
  [[nodiscard]] bool add(WallTime expires, std::string id, WallTime now);
  [[nodiscard]] bool contains(const json::object& claims) const;
  [[nodiscard]] bool contains(WallTime expires, const std::string& id) const;
  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  // By expiry, the next to be forgotten first.
  std::set<std::pair<WallTime, std::string>> revoked_;
};

}  // namespace adit::emulator
