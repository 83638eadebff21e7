#include <algorithm>
#include <map>
#include <mutex>

#include "adit/token_store.h"

namespace adit::token {

using std::chrono::milliseconds;

struct MemoryStore::State {
  struct Entry {
    std::string sealed;
    std::uint64_t fence = 0;
    MonotonicTime keep_until{};
    std::uint64_t last_fence = 0;
    std::uint64_t lock = 0;
    MonotonicTime locked_until{};
  };

  explicit State(const Clock& clock) : clock(clock) {}

  [[nodiscard]] std::optional<StoreRecord> record(const Entry& entry) const {
    const auto now = clock.monotonic_now();
    if (entry.fence == 0 || entry.keep_until <= now) return std::nullopt;
    return StoreRecord{entry.sealed, entry.fence, std::chrono::duration_cast<milliseconds>(entry.keep_until - now)};
  }

  /// Searches for expired entries only when their number may have doubled, so that a call costs little on average.
  void remove_expired(MonotonicTime now) {
    if (entries.size() < next_removal) return;
    std::erase_if(entries, [now](const auto& entry) {
      return entry.second.keep_until <= now && entry.second.locked_until <= now;
    });
    next_removal = std::max<std::size_t>(1024, entries.size() * 2);
  }

  const Clock& clock;
  std::mutex mutex;
  std::map<std::string, Entry> entries;
  /// The number of entries at which expired ones are removed next.
  std::size_t next_removal = 1024;
};

MemoryStore::MemoryStore(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
MemoryStore::~MemoryStore() = default;

std::optional<StoreRecord> MemoryStore::get(const std::string& name) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->entries.find(name);
  return found == state_->entries.end() ? std::nullopt : state_->record(found->second);
}

RecordOrLock MemoryStore::get_or_lock(const std::string& name, std::uint64_t seen, milliseconds ttl) {
  const std::scoped_lock lock(state_->mutex);
  const auto now = state_->clock.monotonic_now();
  state_->remove_expired(now);
  auto& entry = state_->entries[name];
  if (auto known = state_->record(entry); known && known->fence != seen) return {std::move(known), 0};
  if (entry.lock != 0 && now < entry.locked_until) {
    return {std::nullopt, 0, std::chrono::ceil<milliseconds>(entry.locked_until - now)};
  }
  entry.last_fence = std::max(entry.last_fence, seen) + 1;
  entry.lock = entry.last_fence;
  entry.locked_until = now + ttl;
  return {std::nullopt, entry.lock};
}

bool MemoryStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds keep) {
  const std::scoped_lock lock(state_->mutex);
  auto& entry = state_->entries[name];
  if (entry.last_fence != 0 && entry.last_fence != fence) return false;
  entry.sealed = sealed;
  entry.fence = fence;
  entry.keep_until = state_->clock.monotonic_now() + keep;
  entry.lock = 0;
  return true;
}

bool MemoryStore::extend(const std::string& name, std::uint64_t fence, milliseconds ttl) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->entries.find(name);
  if (found == state_->entries.end() || found->second.lock != fence) return false;
  found->second.locked_until = state_->clock.monotonic_now() + ttl;
  return true;
}

void MemoryStore::release(const std::string& name, std::uint64_t fence) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->entries.find(name);
  if (found != state_->entries.end() && found->second.lock == fence) found->second.lock = 0;
}

void MemoryStore::remove(const std::string& name, std::uint64_t only_fence) {
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->entries.find(name);
  if (found == state_->entries.end() || (only_fence != 0 && found->second.fence != only_fence)) return;
  found->second.fence = 0;
  found->second.sealed.clear();
  found->second.keep_until = {};
}

}  // namespace adit::token
