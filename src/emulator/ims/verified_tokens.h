#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "adit/json.h"
#include "adit/secret.h"

namespace adit::emulator {

/// Caches the claims of tokens whose signature one key has verified. Each API call has a token, and verifying its
/// signature takes twice as long as the rest of the call. Thread-safe.
class VerifiedTokens {
 public:
  [[nodiscard]] std::optional<json::object> find(std::string_view token) const;
  void add(std::string_view token, const json::object& claims);

 private:
  struct Hash {
    std::size_t operator()(const Secret& token) const noexcept { return std::hash<std::string_view>{}(token.reveal()); }
  };

  mutable std::mutex mutex_;
  std::unordered_map<Secret, json::object, Hash> claims_;
};

}  // namespace adit::emulator
