#include "emulator/ims/verified_tokens.h"

namespace adit::emulator {
namespace {

/// More than the clients of a test have at a time. If there are more, all are forgotten, which limits the memory.
constexpr std::size_t kMaxTokens = 1024;

}  // namespace

std::optional<json::object> VerifiedTokens::find(std::string_view token) const {
  const Secret key(token);
  const std::lock_guard lock(mutex_);
  const auto found = claims_.find(key);
  return found == claims_.end() ? std::nullopt : std::optional(found->second);
}

void VerifiedTokens::add(std::string_view token, const json::object& claims) {
  const std::lock_guard lock(mutex_);
  if (claims_.size() >= kMaxTokens) claims_.clear();
  claims_.try_emplace(Secret(token), claims);
}

}  // namespace adit::emulator
