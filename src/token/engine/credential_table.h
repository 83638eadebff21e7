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

/// The credentials of an engine. If there are too many, the least recently used are removed.
///
/// A cached get() must not change a shared list. It only stores the table's epoch in the credential. The epoch
/// increases with each lookup: a credential with a lower epoch was used less recently.
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

  /// Called when the engine ends, and nothing else uses the table. Allocates no memory, so that it cannot fail.
  void detach_all() noexcept {
    for (const auto& [key, entry] : entries_) {
      if (const auto state = entry.seen.lock()) state->detach();
    }
  }

 private:
  struct Entry {
    std::shared_ptr<CredentialState> kept;
    /// Finds a credential that was removed from the table while handles to it exist: it must not get a second state.
    std::weak_ptr<CredentialState> seen;
  };

  /// Removes several at once, so that the whole table is rarely searched.
  void evict() {
    using Place = std::map<std::string, Entry>::iterator;
    std::vector<std::pair<std::uint32_t, Place>> by_age;
    by_age.reserve(entries_.size());
    for (auto place = entries_.begin(); place != entries_.end();) {
      if (!place->second.kept && place->second.seen.expired()) {
        place = entries_.erase(place);
        continue;
      }
      // The difference is right even if the epoch has wrapped around.
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
