#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/secret.h"
#include "adit/token_source.h"

namespace adit::token {

/// A token in the engine. It is immutable.
struct Issued {
  Secret value;
  std::string type = "bearer";
  std::vector<std::string> scopes;
  std::chrono::milliseconds life{0};
  /// By this machine's wall clock, to show to people; the engine uses expires_at_monotonic.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  /// When a refresh is due.
  MonotonicTime refresh_at{};
  /// After this, the token is returned only to callers that require less remaining life than the policy.
  MonotonicTime usable_until{};
  Origin origin = Origin::exchange;
  /// The fence of its record in the store (TokenStore); 0 if it has none.
  std::uint64_t fence = 0;
};

}  // namespace adit::token
