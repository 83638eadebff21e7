#include "adit/token_engine.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "base/text.h"
#include "token/engine/credential_state.h"
#include "token/engine/flight.h"

namespace adit::token {

namespace {

double random_unit() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

/// The credentials of an engine, the least recently used of which go first.
///
/// A cached get() must not move anything in a shared list. It only notes the table's epoch, which moves whenever a
/// credential is looked up or added: who has an older epoch was used less recently.
class TokenEngine::Table {
 public:
  Table(std::size_t most, std::atomic<std::uint32_t>& epoch) : most_(std::max<std::size_t>(most, 1)), epoch_(epoch) {}

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
    state->used.store(++epoch_, std::memory_order_relaxed);
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

  /// Some at once, so that the look through all of them is paid for seldom.
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
        by_age.emplace_back(epoch_ - place->second.kept->used.load(std::memory_order_relaxed), place);
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

TokenEngine::TokenEngine(EngineOptions options)
    : around_(std::make_shared<Surroundings>(*options.clock, options.threads)),
      table_(std::make_unique<Table>(options.max_credentials, around_->epoch)) {
  around_->store = std::move(options.store);
  around_->random = options.random ? std::move(options.random) : random_unit;
}

TokenEngine::~TokenEngine() {
  around_->scheduler.stop();
  table_->detach_all();
}

TokenSource TokenEngine::source(const Credentials& credentials, std::shared_ptr<const Issuer> issuer,
                                const RefreshPolicy& policy) {
  return TokenSource(table_->find_or_make(cat(credentials.fingerprint(), '\n', issuer->id), [&] {
    std::optional<RecordSeal> seal;
    if (around_->store) seal.emplace(credentials, issuer->id);
    auto account = std::make_shared<const Account>(Account{credentials, policy, issuer, std::move(seal)});
    return std::make_shared<CredentialState>(std::move(account), around_);
  }));
}

std::size_t TokenEngine::run_due() { return around_->scheduler.run_due(); }

MonotonicTime TokenEngine::next_due() const { return around_->scheduler.next_due(); }

std::size_t TokenEngine::size() const { return table_->size(); }

}  // namespace adit::token
