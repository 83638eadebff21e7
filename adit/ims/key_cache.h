#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "adit/base/clock.h"
#include "adit/base/error.h"
#include "adit/jwt/jwks.h"
#include "adit/jwt/verification.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// The keys of one set that verify RS256, made ready. Never changed after it is made, but for what it remembers of
/// headers: the tokens of one key have one and the same header text, which is then parsed once.
class KeySet {
 public:
  explicit KeySet(const jwt::Jwks& keys);
  ~KeySet();
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  /// The key of a token whose first part has been met before; nullptr otherwise.
  [[nodiscard]] const jwt::PreparedKey* known_header(std::string_view encoded) const noexcept;
  /// The key with this id; remembers the header that named it.
  [[nodiscard]] const jwt::PreparedKey* find(std::string_view key_id, std::string_view encoded_header) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Entry;
  std::vector<std::unique_ptr<Entry>> keys_;
};

struct KeyCacheOptions {
  /// After this long the set is fetched anew when it is asked for.
  std::chrono::milliseconds max_age = std::chrono::hours(1);
  /// Between two fetches, whatever the reason: so many unknown key ids as may come cost one request in this time.
  std::chrono::milliseconds min_interval = std::chrono::seconds(30);
  /// The same while there is no set at all, when no token can be judged: a program that starts before its network must
  /// not stay blind for long. Within it callers get the last fetch's error at once.
  std::chrono::milliseconds retry_interval = std::chrono::seconds(1);
  /// How long a set serves beyond its age while no newer one can be had.
  std::chrono::milliseconds max_stale = std::chrono::hours(24);
  /// How long after its beginning a fetch is waited for, by those who cannot do without its answer. Later ones get an
  /// error, or the set that there is, at once.
  std::chrono::milliseconds longest_wait = std::chrono::seconds(10);
};

/// The signing keys of an issuer, fetched when first needed, again when they are old, and when a key id is unknown.
/// Thread-safe. A fetch runs on its own thread, one at a time: callers that have a usable set go on with it, and
/// those that need the fetch's answer wait for it, for `longest_wait` at most. Reading takes no lock while the thread
/// has seen the present set before. What the fetch throws, of whatever type, is an Error of the callers.
class KeyCache {
 public:
  using Fetch = std::function<jwt::Jwks()>;
  explicit KeyCache(Fetch fetch, KeyCacheOptions options = {}, const Clock& clock = Clock::system());
  /// Waits for a fetch under way, so for as long as that may take.
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  /// The present set. Throws what the last fetch threw where there is none that may still serve; whoever asks after
  /// `retry_interval` fetches again; `keys_pending` (retryable) where the fetch takes longer than `longest_wait`.
  [[nodiscard]] std::shared_ptr<const KeySet> keys();
  /// A set newer than `seen`, in which a key was not found; `seen` itself where the interval forbids another fetch, the
  /// fetch fails or takes too long.
  [[nodiscard]] std::shared_ptr<const KeySet> newer_than(const std::shared_ptr<const KeySet>& seen);
  /// Waits until no fetch is under way.
  void settle() const;
  /// How often the fetch was called.
  [[nodiscard]] std::uint64_t fetches() const { return fetches_.load(std::memory_order_relaxed); }

 private:
  using Lock = std::unique_lock<std::mutex>;
  [[nodiscard]] std::shared_ptr<const KeySet> present() const;
  [[nodiscard]] bool usable() const;
  [[nodiscard]] bool fetch_allowed() const;
  void start_fetch();
  void fetch() noexcept;
  void take_in(std::shared_ptr<const KeySet> fresh);
  void wait_for_fetch(Lock& lock) const;

  const Fetch fetch_;
  const KeyCacheOptions options_;
  const Clock& clock_;
  /// Tells this cache from others in threads' memory; never used twice.
  const std::uint64_t number_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> fetches_{0};
  /// When the set is due for a fetch, and when it must not serve any more: MonotonicTime's count.
  std::atomic<std::int64_t> due_{0};
  std::atomic<std::int64_t> useless_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable fetched_;
  bool fetching_ = false;
  /// By the real clock, as the wait is, whatever the injected one says.
  std::chrono::steady_clock::time_point fetch_begin_{};
  std::thread thread_;
  std::optional<MonotonicTime> last_fetch_;
  std::optional<Error> last_error_;
  std::shared_ptr<const KeySet> set_;
};

}  // namespace adit::ims

#pragma GCC visibility pop
