#pragma once

// Where tokens are kept for other threads, processes and hosts. Throws adit::Error `store_unavailable`,
// `invalid_store`. Stores are thread-safe. docs/library.md shows one of your own.
//
//     const auto store = adit::token::open_store("file:/var/cache/tokens");
//     const auto record = store->get("a-name");  // sealed: a store never sees a token
//     if (!record) const auto lock = store->claim("a-name", 0, 5s);

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/clock.h"

#pragma GCC visibility push(default)

namespace adit::token {

/// A record as a store keeps it: sealed (sealed_record.h), so that the store and whoever reads it learn nothing.
struct StoreRecord {
  std::string sealed;
  /// Number of the lock under which it was written; grows from record to record of one name.
  std::uint64_t fence = 0;
  /// How long the store will keep it still, by the store's own clock; nothing if it has none.
  std::optional<std::chrono::milliseconds> remaining;
};

/// What asking for a record or its lock came to: a record, or the lock (fence other than 0), or neither: somebody else
/// has the lock.
struct Claim {
  std::optional<StoreRecord> record;
  std::uint64_t fence = 0;
  /// How long the other's lock lasts unless it is extended; nothing if the store does not know.
  std::optional<std::chrono::milliseconds> lock_left = std::nullopt;
};

/// No lock lasts longer than this from one `claim` or `extend` to the next: a lock in a store that ends later was not
/// made by adit, or its clock was set, and counts as free.
constexpr std::chrono::milliseconds kLongestLease{120'000};

/// Where tokens are kept for other threads, processes and hosts, with one lock a record, so that only one of them
/// fetches.
///
/// Names are the base64url of a hash: safe in file names and keys. Every call ends within the store's time limit (2 s
/// for those of adit). A store that cannot do its work throws Error `store_unavailable`; a record that is not one
/// (garbage) is absent. Implementations are thread-safe.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  [[nodiscard]] virtual std::optional<StoreRecord> get(const std::string& name) = 0;
  /// The record where there is one other than number `seen`; otherwise the lock for `lease`, where it is free, with a
  /// number above all before it. One round trip.
  [[nodiscard]] virtual Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) = 0;
  /// Puts the record of the lock's holder in place and gives up the lock. False, and nothing put, where a record with a
  /// higher number stands there or the lock has gone to another since, also in a store that was emptied meanwhile: a
  /// slow holder's token is older.
  virtual bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
                   std::chrono::milliseconds keep) = 0;
  /// The holder keeps its lock for `lease` from now. False if it has gone to another.
  virtual bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) = 0;
  /// The holder gives up its lock.
  virtual void release(const std::string& name, std::uint64_t fence) = 0;
  /// Forgets the record; with `only_fence`, just the one with that number.
  virtual void remove(const std::string& name, std::uint64_t only_fence = 0) = 0;
  /// The URL without its password.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// `memory:`, `file:PATH`, `redis://[user:password@]host[:port][/db]`, `rediss://…` (the same with TLS),
/// `unix:PATH[?db=N]` (Redis on a socket); see redis_address.h. Throws Error `invalid_store` (configuration) for
/// anything else. Does not connect yet.
[[nodiscard]] std::shared_ptr<TokenStore> open_store(std::string_view url);

/// `memory:`: for several engines of one process, and for simulations.
class MemoryStore final : public TokenStore {
 public:
  explicit MemoryStore(const Clock& clock = Clock::system()) : clock_(clock) {}

  std::optional<StoreRecord> get(const std::string& name) override;
  Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override { return "memory:"; }

 private:
  struct Entry {
    std::string sealed;
    std::uint64_t fence = 0;
    MonotonicTime keep_until{};
    std::uint64_t last_fence = 0;
    std::uint64_t lock = 0;
    MonotonicTime locked_until{};
  };
  std::optional<StoreRecord> record(const Entry& entry) const;
  void drop_dead(MonotonicTime now);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::size_t look_at_ = 1024;
};

}  // namespace adit::token

#pragma GCC visibility pop
