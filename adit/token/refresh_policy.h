#pragma once

#include <chrono>
#include <optional>

#include "adit/base/environment.h"

#pragma GCC visibility push(default)

namespace adit::token {

/// How one credential's token is kept fresh. Times are the caller's; `unit` in the functions below is a random number
/// in [0, 1), so that every rule is exact in a test.
struct RefreshPolicy {
  /// The share of its life after which the next caller starts a refresh in the background; 1 or more: never ahead of
  /// need.
  double refresh_share = 0.8;
  /// Up to this share of the life is added at random, so that a fleet does not move in step.
  double refresh_jitter = 0.05;
  /// A token with less life left is not handed out. IMS issuing tokens that live no longer than this themselves makes
  /// it a fifth of their life; asking for more in one call is an error then.
  std::chrono::milliseconds min_life{60'000};
  /// For one caller's wait, and for one run of attempts.
  std::chrono::milliseconds total_deadline{30'000};
  std::chrono::milliseconds first_backoff{250};
  std::chrono::milliseconds max_backoff{20'000};
  /// How long a refusal (400, 401) is remembered: doubled from the first to the longest.
  std::chrono::milliseconds first_negative{1'000};
  std::chrono::milliseconds max_negative{60'000};

  /// The total deadline is ADIT_TOKEN_TIMEOUT (seconds) where that is set. Throws Error (configuration) where it is no
  /// number.
  static RefreshPolicy from_environment(const Environment& environment);
};

/// The least life that a token of `life` must have left to be handed out without a special wish.
[[nodiscard]] std::chrono::milliseconds effective_min_life(const RefreshPolicy& policy, std::chrono::milliseconds life);

/// From its issue to the moment after which it should be replaced; never later than it can be handed out.
[[nodiscard]] std::chrono::milliseconds refresh_after(const RefreshPolicy& policy, std::chrono::milliseconds life,
                                                      double unit);

/// The wait before try `failures` + 1 (`failures` from 1), exponential with full jitter: anything from 1 ms to
/// first_backoff * 2^(failures-1), at most max_backoff. A server's Retry-After is the least wait then and the jitter
/// comes on top, so that those who were sent away together do not come back together.
[[nodiscard]] std::chrono::milliseconds retry_wait(const RefreshPolicy& policy, int failures, double unit,
                                                   std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

/// How long refusal number `refusals` (from 1) in a row is remembered.
[[nodiscard]] std::chrono::milliseconds negative_period(const RefreshPolicy& policy, int refusals);

/// The wait before looking again whether another process's lock has gone, `looks` from 0: short at first, for exchanges
/// take some 100 ms.
[[nodiscard]] std::chrono::milliseconds lock_poll(int looks, double unit);

}  // namespace adit::token

#pragma GCC visibility pop
