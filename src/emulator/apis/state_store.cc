#include "emulator/apis/state_store.h"

#include <utility>

#include "base/text/star_pattern.h"

namespace adit::emulator {
namespace {

/// The store's overhead for a key in bytes, rounded up: two map nodes and two strings.
constexpr std::size_t kBytesOfAnEntry = 256;

std::size_t bytes_of(const std::string& key, std::string_view value) {
  return key.size() + value.size() + kBytesOfAnEntry;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  return matches_stars(pattern, text,
                       [](std::string_view rest, char c) { return static_cast<std::size_t>(rest.front() == c); });
}

void StateStore::erase(Container& container, Keys::iterator key) {
  bytes_ -= bytes_of(key->first, key->second.value.bytes);
  container.order.erase(key->second.number);
  container.keys.erase(key);
}

StateStore::Containers::iterator StateStore::without_expired(const std::string& container, WallTime now) {
  const auto found = containers_.find(container);
  if (found == containers_.end()) return found;
  auto& keys = found->second.keys;
  for (auto key = keys.begin(); key != keys.end();) {
    const auto next = std::next(key);
    if (key->second.value.expires <= now) erase(found->second, key);
    key = next;
  }
  if (!keys.empty()) return found;
  containers_.erase(found);
  return containers_.end();
}

void StateStore::erase_all_expired(WallTime now) {
  std::vector<std::string> names;
  for (const auto& [name, container] : containers_) names.push_back(name);
  for (const auto& name : names) without_expired(name, now);
}

bool StateStore::put(const std::string& container, const std::string& key, Value value, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto fits = [&] {
    const auto found = containers_.find(container);
    if (found == containers_.end()) return bytes_ + bytes_of(key, value.bytes) <= max_bytes_;
    const auto& keys = found->second.keys;
    const auto old = keys.find(key);
    if (old == keys.end()) return keys.size() < kMaxKeys && bytes_ + bytes_of(key, value.bytes) <= max_bytes_;
    return bytes_ - old->second.value.bytes.size() + value.bytes.size() <= max_bytes_;
  };
  if (!fits()) {
    erase_all_expired(now);
    if (!fits()) return false;
  }
  auto& target = containers_[container];
  const auto [place, added] = target.keys.try_emplace(key);
  auto& entry = place->second;
  if (added) {
    entry.number = ++last_number_;
    target.order.emplace(entry.number, place);
    bytes_ += bytes_of(key, value.bytes);
  } else {
    bytes_ = bytes_ - entry.value.bytes.size() + value.bytes.size();
  }
  entry.value = std::move(value);
  return true;
}

std::optional<StateStore::Value> StateStore::get(const std::string& container, const std::string& key, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(container);
  if (found == containers_.end()) return std::nullopt;
  const auto entry = found->second.keys.find(key);
  if (entry == found->second.keys.end() || entry->second.value.expires <= now) return std::nullopt;
  return entry->second.value;
}

bool StateStore::remove(const std::string& container, const std::string& key, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(container);
  if (found == containers_.end()) return false;
  const auto entry = found->second.keys.find(key);
  if (entry == found->second.keys.end()) return false;
  const bool was_there = entry->second.value.expires > now;
  erase(found->second, entry);
  if (found->second.keys.empty()) containers_.erase(found);
  return was_there;
}

std::optional<std::size_t> StateStore::remove_matching(const std::string& container, std::string_view pattern,
                                                       WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = without_expired(container, now);
  if (found == containers_.end()) return std::nullopt;
  std::size_t removed = 0;
  auto& keys = found->second.keys;
  for (auto key = keys.begin(); key != keys.end();) {
    const auto next = std::next(key);
    if (matches_glob(pattern, key->first)) {
      erase(found->second, key);
      ++removed;
    }
    key = next;
  }
  if (keys.empty()) containers_.erase(found);
  return removed;
}

std::optional<StateStore::Size> StateStore::size_of(const std::string& container, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = without_expired(container, now);
  if (found == containers_.end()) return std::nullopt;
  Size size;
  for (const auto& [key, entry] : found->second.keys) {
    ++size.keys;
    size.bytes_keys += key.size();
    size.bytes_values += entry.value.bytes.size();
  }
  return size;
}

std::optional<StateStore::Page> StateStore::list(const std::string& container, std::string_view pattern,
                                                 std::uint64_t cursor, WallTime now) {
  const std::lock_guard lock(mutex_);
  // Only once in an iteration, because it examines every key.
  const auto found = cursor == 0 ? without_expired(container, now) : containers_.find(container);
  if (found == containers_.end()) return std::nullopt;
  Page page;
  const auto& order = found->second.order;
  auto place = order.upper_bound(cursor);
  for (std::size_t seen = 0; place != order.end() && seen < kPage; ++place, ++seen) {
    page.cursor = place->first;
    const auto& [key, entry] = *place->second;
    if (entry.value.expires > now && matches_glob(pattern, key)) page.keys.push_back(key);
  }
  if (place == order.end()) page.cursor = 0;
  return page;
}

}  // namespace adit::emulator
