#include "console/one_time_tokens.h"

#include <algorithm>
#include <array>

#include <sys/random.h>

#include "adit/base64.h"
#include "adit/error.h"

namespace adit::console {

Secret random_token() {
  std::array<char, 24> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw Error::failure("no_randomness", "The system returned no random numbers.");
  return Secret(base64url_encode({bytes.data(), bytes.size()}));
}

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
