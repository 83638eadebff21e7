#pragma once

#include <chrono>
#include <optional>

#include "adit/token_source.h"

/// The rules of a RefreshPolicy. `unit` is a random number in [0, 1) that the caller passes, so that every rule is
/// exact in a test.
namespace adit::token {

/// The least life that a token of `life` must have left to be handed out by a call without options.
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
