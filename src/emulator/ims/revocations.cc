#include "emulator/ims/revocations.h"

#include "emulator/ims/access_token.h"

namespace adit::emulator {
namespace {

std::pair<WallTime, std::string> entry(const json::object& claims) {
  return {token_expiry(claims).value_or(WallTime::max()), std::string(string_member(claims, "id"))};
}

}  // namespace

bool Revocations::add(const json::object& claims, WallTime now) {
  auto [expires, id] = entry(claims);
  return add(expires, std::move(id), now);
}

bool Revocations::add(WallTime expires, std::string id, WallTime now) {
  std::pair revoked{expires, std::move(id)};
  const std::lock_guard lock(mutex_);
  while (!revoked_.empty() && revoked_.begin()->first <= now) revoked_.erase(revoked_.begin());
  if (revoked_.size() >= kMaxRevocations && !revoked_.contains(revoked)) return false;
  revoked_.insert(std::move(revoked));
  return true;
}

bool Revocations::contains(const json::object& claims) const {
  const auto [expires, id] = entry(claims);
  return contains(expires, id);
}

bool Revocations::contains(WallTime expires, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return revoked_.contains({expires, id});
}

std::size_t Revocations::size() const {
  const std::lock_guard lock(mutex_);
  return revoked_.size();
}

}  // namespace adit::emulator
