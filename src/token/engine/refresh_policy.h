#pragma once

#include <chrono>
#include <optional>

#include "adit/token_source.h"

/// The computations of a RefreshPolicy. `unit` is a random number in [0, 1) that the caller passes, so that tests are
/// exact.
namespace adit::token {

/// Returns the life that a token of `life` must have left, for a call without options to return it.
[[nodiscard]] std::chrono::milliseconds effective_min_life(const RefreshPolicy& policy, std::chrono::milliseconds life);

/// Returns the time from a token's issue until its refresh is due; at the latest when it is no longer usable.
[[nodiscard]] std::chrono::milliseconds refresh_after(const RefreshPolicy& policy, std::chrono::milliseconds life,
                                                      double unit);

/// Returns the wait after `failures` failed attempts (1 or more): exponential backoff with full jitter, from 1 ms to
/// first_backoff * 2^(failures-1), at most max_backoff. A server's Retry-After is added to it, so that clients that got
/// the same Retry-After do not return at the same time.
[[nodiscard]] std::chrono::milliseconds retry_wait(const RefreshPolicy& policy, int failures, double unit,
                                                   std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

/// Returns how long the last of `refusals` refusals in a row (1 or more) is remembered.
[[nodiscard]] std::chrono::milliseconds negative_period(const RefreshPolicy& policy, int refusals);

/// Returns the wait before the next attempt to take another process's lock, after `looks` attempts (0 or more). It is
/// short at first, because most exchanges take about 100 ms.
[[nodiscard]] std::chrono::milliseconds lock_poll(int looks, double unit);

}  // namespace adit::token
