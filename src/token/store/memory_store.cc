#include <algorithm>

#include "adit/token_store.h"

namespace adit::token {

using std::chrono::milliseconds;

std::optional<StoreRecord> MemoryStore::record(const Entry& entry) const {
  const auto now = clock_.monotonic_now();
  if (entry.fence == 0 || entry.keep_until <= now) return std::nullopt;
  return StoreRecord{entry.sealed, entry.fence, std::chrono::duration_cast<milliseconds>(entry.keep_until - now)};
}

void MemoryStore::drop_dead(MonotonicTime now) {
  if (entries_.size() < look_at_) return;
  std::erase_if(entries_, [now](const auto& entry) {
    return entry.second.keep_until <= now && entry.second.locked_until <= now;
  });
  look_at_ = std::max<std::size_t>(1024, entries_.size() * 2);
}

std::optional<StoreRecord> MemoryStore::get(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  return found == entries_.end() ? std::nullopt : record(found->second);
}

Claim MemoryStore::claim(const std::string& name, std::uint64_t seen, milliseconds lease) {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.monotonic_now();
  drop_dead(now);
  auto& entry = entries_[name];
  if (auto known = record(entry); known && known->fence != seen) return {std::move(known), 0};
  if (entry.lock != 0 && now < entry.locked_until) {
    return {std::nullopt, 0, std::chrono::ceil<milliseconds>(entry.locked_until - now)};
  }
  entry.last_fence = std::max(entry.last_fence, seen) + 1;
  entry.lock = entry.last_fence;
  entry.locked_until = now + lease;
  return {std::nullopt, entry.lock};
}

bool MemoryStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds keep) {
  const std::scoped_lock lock(mutex_);
  auto& entry = entries_[name];
  if (entry.last_fence != 0 && entry.last_fence != fence) return false;
  entry.sealed = sealed;
  entry.fence = fence;
  entry.keep_until = clock_.monotonic_now() + keep;
  entry.lock = 0;
  return true;
}

bool MemoryStore::extend(const std::string& name, std::uint64_t fence, milliseconds lease) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.lock != fence) return false;
  found->second.locked_until = clock_.monotonic_now() + lease;
  return true;
}

void MemoryStore::release(const std::string& name, std::uint64_t fence) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end() && found->second.lock == fence) found->second.lock = 0;
}

void MemoryStore::remove(const std::string& name, std::uint64_t only_fence) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || (only_fence != 0 && found->second.fence != only_fence)) return;
  found->second.fence = 0;
  found->second.sealed.clear();
  found->second.keep_until = {};
}

}  // namespace adit::token
