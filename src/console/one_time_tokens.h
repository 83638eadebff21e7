#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>

#include "adit/secret.h"

namespace adit::console {

/// Tokens for the URLs with which a browser is started. Each token logs in once, because other users of the machine can
/// read the arguments of a program. Thread-safe.
class OneTimeTokens {
 public:
  /// A new token. Only the last kMaxUnused tokens are valid.
  [[nodiscard]] Secret issue();
  /// Returns true if the token is valid, and makes it invalid.
  [[nodiscard]] bool take(std::string_view token);

 private:
  static constexpr std::size_t kMaxUnused = 4;

  std::mutex mutex_;
  std::deque<Secret> unused_;
};

/// 192 random bits as text that fits into a URL. Throws Error `no_randomness`.
[[nodiscard]] Secret random_token();

}  // namespace adit::console
