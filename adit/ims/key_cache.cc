#include "adit/ims/key_cache.h"

#include <limits>
#include <string>

#include "adit/base/log.h"
#include "adit/base/text.h"

namespace adit::ims {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// The set that this thread read last, so that reading it again needs no lock.
struct ThreadsSet {
  std::uint64_t cache = 0;
  std::uint64_t generation = 0;
  std::shared_ptr<const KeySet> set;
};
thread_local ThreadsSet threads_set;

}  // namespace

struct KeySet::Entry {
  Entry(jwt::PublicKey public_key, std::string id)
      : key(std::move(public_key), jwt::Algorithm::RS256), key_id(std::move(id)) {}
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { delete header.load(); }

  jwt::PreparedKey key;
  std::string key_id;
  std::atomic<const std::string*> header{nullptr};
};

KeySet::KeySet(const jwt::Jwks& keys) {
  for (const auto& key : keys.keys()) {
    const bool rs256 = key.algorithm.empty() || key.algorithm == "RS256";
    if (rs256 && key.key.can_use(jwt::Algorithm::RS256)) keys_.push_back(std::make_unique<Entry>(key.key, key.key_id));
  }
}

KeySet::~KeySet() = default;

const jwt::PreparedKey* KeySet::known_header(std::string_view encoded) const noexcept {
  for (const auto& entry : keys_) {
    const auto* header = entry->header.load(std::memory_order_acquire);
    if (header != nullptr && *header == encoded) return &entry->key;
  }
  return nullptr;
}

const jwt::PreparedKey* KeySet::find(std::string_view key_id, std::string_view encoded_header) const {
  for (const auto& entry : keys_) {
    if (entry->key_id != key_id) continue;
    // The first one only: who sends many headers must not make us copy them all.
    if (entry->header.load(std::memory_order_relaxed) == nullptr && encoded_header.size() <= 1024) {
      auto mine = std::make_unique<const std::string>(encoded_header);
      const std::string* expected = nullptr;
      if (entry->header.compare_exchange_strong(expected, mine.get(), std::memory_order_release,
                                                std::memory_order_relaxed)) {
        (void)mine.release();
      }
    }
    return &entry->key;
  }
  return nullptr;
}

KeyCache::KeyCache(Fetch fetch, KeyCacheOptions options, const Clock& clock)
    : fetch_(std::move(fetch)),
      options_(options),
      clock_(clock),
      number_(next_number()),
      due_(kNever),
      useless_(kNever) {}

std::shared_ptr<const KeySet> KeyCache::present() const {
  const auto generation = generation_.load(std::memory_order_acquire);
  if (threads_set.cache == number_ && threads_set.generation == generation) return threads_set.set;
  const std::scoped_lock lock(set_mutex_);
  threads_set = {.cache = number_, .generation = generation, .set = set_};
  return set_;
}

bool KeyCache::usable() const {
  return clock_.monotonic_now().time_since_epoch().count() < useless_.load(std::memory_order_acquire);
}

bool KeyCache::fetch_allowed() const {
  const auto interval = usable() ? options_.min_interval : options_.retry_interval;
  return !last_fetch_ || clock_.monotonic_now() - *last_fetch_ >= interval;
}

void KeyCache::refresh() {
  last_fetch_ = clock_.monotonic_now();
  fetches_.fetch_add(1, std::memory_order_relaxed);
  try {
    auto fresh = std::make_shared<const KeySet>(fetch_());
    if (fresh->size() == 0)
      throw Error::failure("unknown_key", "The issuer's key set has no key for RS256.")
          .hint("See what ADIT_IMS and ADIT_ENDPOINTS name.");
    const auto now = clock_.monotonic_now();
    {
      const std::scoped_lock lock(set_mutex_);
      set_ = std::move(fresh);
    }
    useless_ = (now + options_.max_age + options_.max_stale).time_since_epoch().count();
    due_ = (now + options_.max_age).time_since_epoch().count();
    last_error_.reset();
    generation_.fetch_add(1, std::memory_order_release);
  } catch (const Error& error) {
    last_error_ = error;
    log(LogLevel::warn, cat("The issuer's keys could not be fetched: ", error.message()));
    // Not before the interval has passed, even by those who would have to wait for the next try.
    due_ = (clock_.monotonic_now() + options_.min_interval).time_since_epoch().count();
  }
}

std::shared_ptr<const KeySet> KeyCache::keys() {
  const auto now = clock_.monotonic_now().time_since_epoch().count();
  if (now < due_.load(std::memory_order_acquire) && now < useless_.load(std::memory_order_relaxed)) return present();
  std::unique_lock lock(fetching_, std::defer_lock);
  if (now < useless_.load(std::memory_order_acquire)) {
    // There is a set that may serve: one thread sees to a newer one, nobody waits for it.
    if (!lock.try_lock()) return present();
    if (now >= due_.load(std::memory_order_acquire) && fetch_allowed()) refresh();
    return present();
  }
  lock.lock();
  if (usable()) return present();
  if (fetch_allowed()) refresh();
  if (usable()) return present();
  throw Error(last_error_ ? *last_error_
                          : Error::failure("unknown_key", "The issuer's keys are too old.")
                                .hint("See whether the issuer's key set can be reached from here."));
}

std::shared_ptr<const KeySet> KeyCache::newer_than(const std::shared_ptr<const KeySet>& seen) {
  const std::scoped_lock lock(fetching_);
  if (auto now = present(); now != seen) return now;
  if (fetch_allowed()) refresh();
  return present();
}

}  // namespace adit::ims
