#include <algorithm>
#include <limits>
#include <string>

#include "adit/log.h"
#include "adit/token_verifier.h"

#include "base/current_error.h"
#include "base/text.h"

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

KeySet::KeySet(const jwt::Jwks& keys) {
  for (const auto& key : keys.keys()) {
    const bool rs256 = key.algorithm.empty() || key.algorithm == "RS256";
    if (rs256 && key.key.can_use(jwt::Algorithm::RS256)) keys_.push_back(key);
  }
}

const jwt::PublicKey* KeySet::find(std::string_view key_id) const {
  const auto found = std::ranges::find(keys_, key_id, &jwt::Jwk::key_id);
  return found == keys_.end() ? nullptr : &found->key;
}

KeyCache::KeyCache(Fetch fetch, KeyCacheOptions options, const Clock& clock)
    : fetch_(std::move(fetch)),
      options_(options),
      clock_(clock),
      number_(next_number()),
      due_(kNever),
      useless_(kNever) {}

KeyCache::~KeyCache() {
  settle();
  if (thread_.joinable()) thread_.join();
}

/// Must be called without the lock.
std::shared_ptr<const KeySet> KeyCache::present() const {
  const auto generation = generation_.load(std::memory_order_acquire);
  if (threads_set.cache == number_ && threads_set.generation == generation) return threads_set.set;
  const std::scoped_lock lock(mutex_);
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

/// Must be called with the lock. If the thread cannot be started, that is the fetch's error.
void KeyCache::start_fetch() {
  last_fetch_ = clock_.monotonic_now();
  fetches_.fetch_add(1, std::memory_order_relaxed);
  try {
    if (thread_.joinable()) thread_.join();  // it has stored its result, and ends at once
    thread_ = std::thread([this] { fetch(); });
    fetching_ = true;
    fetch_begin_ = std::chrono::steady_clock::now();
  } catch (const std::exception&) {  // std::system_error, std::bad_alloc
    last_error_ = current_error("request_failed", "No thread could be started to fetch the issuer's keys");
  }
}

/// Runs on the fetching thread.
void KeyCache::fetch() noexcept {
  std::optional<Error> failure;
  std::shared_ptr<const KeySet> fresh;
  try {
    fresh = std::make_shared<const KeySet>(fetch_());
    if (fresh->size() == 0)
      throw Error::failure("unknown_key", "The issuer's key set has no key for RS256.")
          .hint("Check the values of ADIT_IMS and ADIT_ENDPOINTS.");
  } catch (...) {
    failure = current_error("request_failed", "The issuer's keys could not be fetched");
  }
  const Lock lock(mutex_);
  try {
    if (!failure) {
      take_in(std::move(fresh));
    } else {
      // No caller starts the next fetch before the interval has passed.
      due_ = (clock_.monotonic_now() + options_.min_interval).time_since_epoch().count();
      log(LogLevel::warn, cat("The issuer's keys could not be fetched: ", failure->message()));
    }
  } catch (...) {
    if (!failure) failure = current_error("request_failed", "The issuer's keys could not be kept");
  }
  last_error_ = std::move(failure);
  fetching_ = false;
  fetched_.notify_all();
}

void KeyCache::take_in(std::shared_ptr<const KeySet> fresh) {
  const auto now = clock_.monotonic_now();
  set_ = std::move(fresh);
  useless_ = (now + options_.max_age + options_.max_stale).time_since_epoch().count();
  due_ = (now + options_.max_age).time_since_epoch().count();
  generation_.fetch_add(1, std::memory_order_release);
}

void KeyCache::wait_for_fetch(Lock& lock) const {
  fetched_.wait_until(lock, fetch_begin_ + options_.longest_wait, [this] { return !fetching_; });
}

void KeyCache::settle() const {
  Lock lock(mutex_);
  fetched_.wait(lock, [this] { return !fetching_; });
}

std::shared_ptr<const KeySet> KeyCache::keys() {
  const auto now = clock_.monotonic_now().time_since_epoch().count();
  const bool serves = now < useless_.load(std::memory_order_acquire);
  if (serves && now < due_.load(std::memory_order_acquire)) return present();
  Lock lock(mutex_);
  if (serves) {
    // Start a fetch, but do not wait for it.
    if (!fetching_ && now >= due_.load(std::memory_order_acquire) && fetch_allowed()) start_fetch();
    return set_;
  }
  if (usable()) return set_;
  if (!fetching_ && fetch_allowed()) start_fetch();
  wait_for_fetch(lock);
  if (usable()) return set_;
  if (fetching_)
    throw Error::failure("keys_pending", "The issuer's keys have not arrived yet.")
        .hint("The issuer is slow; try again, and see whether its key set can be reached from here.")
        .retryable();
  throw Error(last_error_ ? *last_error_
                          : Error::failure("unknown_key", "The issuer's keys are too old.")
                                .hint("See whether the issuer's key set can be reached from here."));
}

std::shared_ptr<const KeySet> KeyCache::newer_than(const std::shared_ptr<const KeySet>& seen) {
  Lock lock(mutex_);
  if (set_ != seen) return set_;
  if (!fetching_ && fetch_allowed()) start_fetch();
  wait_for_fetch(lock);
  return set_;
}

}  // namespace adit::ims
