#include "console/one_time_tokens.h"

#include <algorithm>

#include "adit/base64.h"

#include "base/random_bytes.h"

namespace adit::console {

Secret random_token() { return Secret(base64url_encode(random_bytes(24))); }

Secret OneTimeTokens::issue() {
  auto token = random_token();
  const std::lock_guard lock(mutex_);
  if (unused_.size() == kMaxUnused) unused_.pop_front();
  return unused_.emplace_back(std::move(token));
}

bool OneTimeTokens::take(std::string_view token) {
  const Secret given(token);
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(unused_, given);
  if (found == unused_.end()) return false;
  unused_.erase(found);
  return true;
}

}  // namespace adit::console
