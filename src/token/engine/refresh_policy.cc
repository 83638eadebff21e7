#include "token/engine/refresh_policy.h"

#include <algorithm>
#include <cmath>

namespace adit::token {

using std::chrono::milliseconds;

namespace {

milliseconds scaled(milliseconds time, double factor) {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(time.count()) * factor));
}

milliseconds doubled(milliseconds first, milliseconds longest, int times) {
  // 2^40 ms is 34 years: longer than every limit, and far from an overflow.
  const double grown = static_cast<double>(first.count()) * std::exp2(std::clamp(times, 0, 40));
  return grown >= static_cast<double>(longest.count()) ? longest : milliseconds(static_cast<milliseconds::rep>(grown));
}

}  // namespace

RefreshPolicy RefreshPolicy::from_environment(const Environment& environment) {
  RefreshPolicy policy;
  policy.total_deadline = environment.seconds("ADIT_TOKEN_TIMEOUT").value_or(policy.total_deadline);
  return policy;
}

milliseconds effective_min_life(const RefreshPolicy& policy, milliseconds life) {
  return life > policy.min_life ? policy.min_life : life / 5;
}

milliseconds refresh_after(const RefreshPolicy& policy, milliseconds life, double unit) {
  const auto last = life - effective_min_life(policy, life);
  if (policy.refresh_share >= 1) return last;
  const auto due = scaled(life, policy.refresh_share + policy.refresh_jitter * unit);
  // If the minimum life is a large part of the life (60 s of 100 s), the share is taken of the rest; otherwise there
  // would be no time to refresh ahead.
  return due < last ? due : scaled(last, std::min(1.0, policy.refresh_share + policy.refresh_jitter * unit));
}

milliseconds retry_wait(const RefreshPolicy& policy, int failures, double unit,
                        std::optional<milliseconds> retry_after) {
  // At least 1 ms: the random number may be 0, and so may the policy's backoff.
  const auto jitter =
      std::max(scaled(doubled(policy.first_backoff, policy.max_backoff, failures - 1), unit), milliseconds(1));
  return retry_after ? std::max(*retry_after, milliseconds(0)) + jitter : jitter;
}

milliseconds negative_period(const RefreshPolicy& policy, int refusals) {
  return doubled(policy.first_negative, policy.max_negative, refusals - 1);
}

milliseconds lock_poll(int looks, double unit) {
  const auto longest = doubled(milliseconds(20), milliseconds(400), looks / 4);
  return longest / 2 + scaled(longest / 2, unit);
}

}  // namespace adit::token
