#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>

#include "adit/secret.h"

namespace adit::console {

/// Tokens for the URL that a browser is started with: other users of the machine can read a program's arguments, so
/// each lets in one browser, once. Thread-safe.
class OneTimeTokens {
 public:
  /// A new token. Only the last few are remembered.
  [[nodiscard]] Secret issue();
  /// Whether it is one that nobody has used; from now on it is none.
  [[nodiscard]] bool take(std::string_view token);

 private:
  static constexpr std::size_t kMost = 4;

  std::mutex mutex_;
  std::deque<Secret> unused_;
};

/// 192 random bits as text that fits into a URL. Throws Error `no_randomness`.
[[nodiscard]] Secret random_token();

}  // namespace adit::console
