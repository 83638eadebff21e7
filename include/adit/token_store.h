#pragma once

// Stores that share tokens between threads, processes and hosts. Throws adit::Error `store_unavailable`,
// `invalid_store`. Stores are thread-safe. docs/library.md shows how to write your own.
//
//     const auto store = adit::token::open_store("file:/var/cache/tokens");
//     const auto record = store->get("a-name");  // sealed: a store never sees a token
//     if (!record) const auto lock = store->get_or_lock("a-name", 0, 5s);

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"

#pragma GCC visibility push(default)

namespace adit::token {

/// A token as a store keeps it. It is encrypted, so that nobody who can read the store gets the token.
struct StoreRecord {
  std::string sealed;
  /// The number of the lock under which the record was written. It increases with each lock of a name.
  std::uint64_t fence = 0;
  /// How long the store will still keep the record, by the store's own clock; nullopt if the store has none.
  std::optional<std::chrono::milliseconds> remaining;
};

/// The result of TokenStore::get_or_lock(): a record, or the lock (`fence` is not 0), or neither, because another
/// process has the lock.
struct RecordOrLock {
  std::optional<StoreRecord> record;
  std::uint64_t fence = 0;
  /// When the other process's lock expires, unless it is extended; nullopt if the store does not know.
  std::optional<std::chrono::milliseconds> lock_left = std::nullopt;
};

/// The longest time to live of a lock, after which it expires. A lock in a store that expires later than this was not
/// made by adit, or the clock was changed since; it is treated as free.
constexpr std::chrono::milliseconds kLongestLockTtl{120'000};

/// Keeps tokens for other threads, processes and hosts. Each record has a lock, so that only one of them fetches.
///
/// Names are the base64url of a hash, and therefore safe in file names and keys. Every call must end within the store's
/// time limit (2 s for adit's stores). A store that fails throws Error `store_unavailable`. A record that cannot be
/// read is treated as absent. Implementations must be thread-safe.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// Returns the record, or nullopt if there is none. A store without a clock may return an expired record; the engine
  /// checks the times inside it.
  [[nodiscard]] virtual std::optional<StoreRecord> get(const std::string& name) = 0;
  /// Returns the record, if there is one whose fence is not `seen`. Otherwise takes the lock for `ttl`, if it is free,
  /// with a fence above all earlier ones. Takes one round trip to the store.
  [[nodiscard]] virtual RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen,
                                                 std::chrono::milliseconds ttl) = 0;
  /// Writes the record of the lock's holder, and releases the lock. Writes nothing and returns false (1) if the stored
  /// record has a higher fence, or (2) if another process has taken the lock since. Both must hold even if the store
  /// was emptied in between, so that a slow process cannot overwrite a newer token.
  virtual bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
                   std::chrono::milliseconds keep) = 0;
  /// Extends the holder's lock to `ttl` from now. Returns false if another process has taken it.
  virtual bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) = 0;
  /// Releases the holder's lock.
  virtual void release(const std::string& name, std::uint64_t fence) = 0;
  /// Deletes the record. If `only_fence` is not 0, deletes it only if it has that fence.
  virtual void remove(const std::string& name, std::uint64_t only_fence = 0) = 0;
  /// Returns the store's URL without its password.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Opens the store of a URL: `memory:`, `file:PATH`, `redis://[user:password@]host[:port][/db]`, `rediss://…` (the same
/// with TLS), or `unix:PATH[?db=N]` (Redis on a socket). Does not connect yet. Throws Error `invalid_store`
/// (configuration) for any other URL.
[[nodiscard]] std::shared_ptr<TokenStore> open_store(std::string_view url);

/// The store `memory:`, for several engines of one process, and for simulations.
class MemoryStore final : public TokenStore {
 public:
  explicit MemoryStore(const Clock& clock = Clock::system());
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  std::optional<StoreRecord> get(const std::string& name) override;
  RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen, std::chrono::milliseconds ttl) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override { return "memory:"; }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adit::token

#pragma GCC visibility pop
