#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "adit/clock.h"
#include "adit/json.h"

namespace adit::emulator {

/// The tokens that were revoked before they expired. A token is identified by its claim `id`, because the same token
/// can be encoded in several ways. Keeps each until the token would have expired. Thread-safe.
class Revocations {
 public:
  static constexpr std::size_t kMaxRevocations = 100'000;

  /// Forgets tokens that have expired at `now`. Returns false if kMaxRevocations others are left; the token remains
  /// valid then.
  [[nodiscard]] bool add(const json::object& claims, WallTime now);
  /// Revokes the token with this id and expiry.
  [[nodiscard]] bool add(WallTime expires, std::string id, WallTime now);
  [[nodiscard]] bool contains(const json::object& claims) const;
  [[nodiscard]] bool contains(WallTime expires, const std::string& id) const;
  [[nodiscard]] std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  // Ordered by expiry.
  std::set<std::pair<WallTime, std::string>> revoked_;
};

}  // namespace adit::emulator
