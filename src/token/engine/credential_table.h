#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "token/engine/credential_state.h"

namespace adit::token {

/// The credentials of an engine, the least recently used of which go first.
///
/// A cached get() must not move anything in a shared list. It only notes the table's epoch, which moves whenever a
/// credential is looked up or added: the one with an older epoch was used less recently.
class CredentialTable {
 public:
  CredentialTable(std::size_t most, std::atomic<std::uint32_t>& epoch)
      : most_(std::max<std::size_t>(most, 1)), epoch_(epoch) {}

  template <typename Make>
  std::shared_ptr<CredentialState> find_or_make(const std::string& key, Make&& make) {
    const std::scoped_lock lock(mutex_);
    auto& entry = entries_[key];
    auto state = entry.kept ? entry.kept : entry.seen.lock();
    if (!state) state = make();
    if (!entry.kept) {
      entry.kept = state;
      entry.seen = state;
      ++kept_;
    }
    state->set_used(++epoch_);
    if (kept_ > most_) evict();
    return state;
  }

  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return kept_;
  }

  /// At the engine's end, which must not fail for want of memory; nobody else looks here any more.
  void detach_all() noexcept {
    for (const auto& [key, entry] : entries_) {
      if (const auto state = entry.seen.lock()) state->detach();
    }
  }

 private:
  struct Entry {
    std::shared_ptr<CredentialState> kept;
    /// While someone holds a handle, the same credential must not get a second source.
    std::weak_ptr<CredentialState> seen;
  };

  /// Drops several at once, so that all of them are looked through seldom.
  void evict() {
    using Place = std::map<std::string, Entry>::iterator;
    std::vector<std::pair<std::uint32_t, Place>> by_age;
    by_age.reserve(entries_.size());
    for (auto place = entries_.begin(); place != entries_.end();) {
      if (!place->second.kept && place->second.seen.expired()) {
        place = entries_.erase(place);
        continue;
      }
      // As a distance, so that an epoch that has wrapped around does no harm.
      if (place->second.kept) {
        by_age.emplace_back(epoch_ - place->second.kept->used(), place);
      }
      ++place;
    }
    const auto count = std::min(by_age.size() - 1, kept_ - most_ + most_ / 64);
    std::nth_element(by_age.begin(), by_age.begin() + static_cast<std::ptrdiff_t>(count), by_age.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < count; ++i) {
      by_age[i].second->second.kept.reset();
      if (by_age[i].second->second.seen.expired()) entries_.erase(by_age[i].second);
      --kept_;
    }
  }

  mutable std::mutex mutex_;
  const std::size_t most_;
  std::atomic<std::uint32_t>& epoch_;
  std::map<std::string, Entry> entries_;
  std::size_t kept_ = 0;
};

}  // namespace adit::token
