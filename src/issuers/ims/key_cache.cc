#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <string>
#include <thread>

#include "adit/log.h"
#include "adit/token_verifier.h"

#include "base/current_error.h"
#include "base/text/text.h"

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

struct KeyCache::State {
  using Lock = std::unique_lock<std::mutex>;

  State(Fetch fetch, KeyCacheOptions options, const Clock& clock)
      : fetch(std::move(fetch)), options(options), clock(clock), number(next_number()) {}

  [[nodiscard]] std::shared_ptr<const KeySet> keys();
  [[nodiscard]] std::shared_ptr<const KeySet> newer_than(const std::shared_ptr<const KeySet>& seen);
  [[nodiscard]] std::shared_ptr<const KeySet> present() const;
  [[nodiscard]] bool usable() const;
  [[nodiscard]] bool fetch_allowed() const;
  void start_fetch();
  void run_fetch() noexcept;
  void replace_set(std::shared_ptr<const KeySet> fresh);
  void wait_for_fetch(Lock& lock) const;

  const Fetch fetch;
  const KeyCacheOptions options;
  const Clock& clock;
  /// Identifies this cache in the threads' memory; no other cache of the process ever has the same number.
  const std::uint64_t number;
  std::atomic<std::uint64_t> generation{0};
  /// When the set is to be fetched again, and when it must not be used any more: MonotonicTime's count.
  std::atomic<std::int64_t> due{kNever};
  std::atomic<std::int64_t> usable_until{kNever};
  mutable std::mutex mutex;
  mutable std::condition_variable fetched;
  bool fetching = false;
  /// By the real clock, not by `clock`, because the wait uses the real clock, too.
  std::chrono::steady_clock::time_point fetch_begin{};
  std::optional<MonotonicTime> last_fetch;
  std::optional<Error> last_error;
  std::shared_ptr<const KeySet> set;
};

KeyCache::KeyCache(Fetch fetch, KeyCacheOptions options, const Clock& clock)
    : state_(std::make_unique<State>(std::move(fetch), options, clock)) {}

KeyCache::~KeyCache() {
  State::Lock lock(state_->mutex);
  state_->fetched.wait(lock, [this] { return !state_->fetching; });
}

/// Must be called without the lock.
std::shared_ptr<const KeySet> KeyCache::State::present() const {
  const auto current = generation.load(std::memory_order_acquire);
  if (threads_set.cache == number && threads_set.generation == current) return threads_set.set;
  const std::scoped_lock lock(mutex);
  threads_set = {.cache = number, .generation = current, .set = set};
  return set;
}

bool KeyCache::State::usable() const {
  return clock.monotonic_now().time_since_epoch().count() < usable_until.load(std::memory_order_acquire);
}

bool KeyCache::State::fetch_allowed() const {
  const auto interval = usable() ? options.min_interval : options.retry_interval;
  return !last_fetch || clock.monotonic_now() - *last_fetch >= interval;
}

/// Must be called with the lock. If the thread cannot be started, that is the fetch's error.
void KeyCache::State::start_fetch() {
  last_fetch = clock.monotonic_now();
  try {
    // Detached, so that the system frees a thread that has ended. The destructor waits until none fetches.
    std::thread([this] { run_fetch(); }).detach();
    fetching = true;
    fetch_begin = std::chrono::steady_clock::now();
  } catch (const std::exception&) {  // std::system_error, std::bad_alloc
    last_error = current_error("request_failed", "No thread could be started to fetch the issuer's keys");
  }
}

/// Runs on the fetching thread. As soon as it has released the lock, the cache may be destroyed.
void KeyCache::State::run_fetch() noexcept {
  std::optional<Error> failure;
  std::shared_ptr<const KeySet> fresh;
  try {
    fresh = std::make_shared<const KeySet>(fetch());
    if (fresh->size() == 0)
      throw Error::failure("unknown_key", "The issuer's key set has no key for RS256.")
          .hint("Check the values of ADIT_IMS and ADIT_ENDPOINTS.");
  } catch (...) {
    failure = current_error("request_failed", "The issuer's keys could not be fetched");
  }
  const Lock lock(mutex);
  try {
    if (!failure) {
      replace_set(std::move(fresh));
    } else {
      // No caller starts the next fetch before the interval has passed.
      due = (clock.monotonic_now() + options.min_interval).time_since_epoch().count();
      log(LogLevel::warn, cat("The issuer's keys could not be fetched: ", failure->message()));
    }
  } catch (...) {
    if (!failure) failure = current_error("request_failed", "The issuer's keys could not be kept");
  }
  last_error = std::move(failure);
  fetching = false;
  fetched.notify_all();
}

void KeyCache::State::replace_set(std::shared_ptr<const KeySet> fresh) {
  const auto now = clock.monotonic_now();
  set = std::move(fresh);
  usable_until = (now + options.max_age + options.max_stale).time_since_epoch().count();
  due = (now + options.max_age).time_since_epoch().count();
  generation.fetch_add(1, std::memory_order_release);
}

void KeyCache::State::wait_for_fetch(Lock& lock) const {
  fetched.wait_until(lock, fetch_begin + options.longest_wait, [this] { return !fetching; });
}

std::shared_ptr<const KeySet> KeyCache::State::keys() {
  const auto now = clock.monotonic_now().time_since_epoch().count();
  const bool serves = now < usable_until.load(std::memory_order_acquire);
  if (serves && now < due.load(std::memory_order_acquire)) return present();
  Lock lock(mutex);
  if (serves) {
    // Start a fetch, but do not wait for it.
    if (!fetching && now >= due.load(std::memory_order_acquire) && fetch_allowed()) start_fetch();
    return set;
  }
  if (usable()) return set;
  if (!fetching && fetch_allowed()) start_fetch();
  wait_for_fetch(lock);
  if (usable()) return set;
  if (fetching)
    throw Error::failure("keys_pending", "The issuer's keys have not arrived yet.")
        .hint("The issuer is slow; try again, and see whether its key set can be reached from here.")
        .retryable();
  throw Error(last_error ? *last_error
                         : Error::failure("unknown_key", "The issuer's keys are too old.")
                               .hint("See whether the issuer's key set can be reached from here."));
}

std::shared_ptr<const KeySet> KeyCache::State::newer_than(const std::shared_ptr<const KeySet>& seen) {
  Lock lock(mutex);
  if (set != seen) return set;
  if (!fetching && fetch_allowed()) start_fetch();
  wait_for_fetch(lock);
  return set;
}

std::shared_ptr<const KeySet> KeyCache::keys() { return state_->keys(); }

std::shared_ptr<const KeySet> KeyCache::newer_than(const std::shared_ptr<const KeySet>& seen) {
  return state_->newer_than(seen);
}

}  // namespace adit::ims
