#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/secret.h"
#include "adit/token_source.h"

namespace adit::token {

/// A token as the engine keeps it; never changed after it is made.
struct Issued {
  Secret value;
  std::string type = "bearer";
  std::vector<std::string> scopes;
  std::chrono::milliseconds life{0};
  /// By this machine's wall clock, for people; the engine uses the next.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  /// From here on it should be replaced.
  MonotonicTime refresh_at{};
  /// From here on it is returned only to callers who ask for less remaining life than the policy does.
  MonotonicTime usable_until{};
  Origin origin = Origin::exchange;
  /// The number of its record in the store (TokenStore); 0 if it has none.
  std::uint64_t fence = 0;
};

}  // namespace adit::token
