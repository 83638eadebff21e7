#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adit/token_store.h"

#include "system/process/per_process.h"
#include "token/store/redis_address.h"
#include "token/store/redis_connection.h"

namespace adit::token {

/// A store on a Redis or Valkey server (2.6 or later). Each record has three keys: `adit:token:{NAME}`, and the same
/// with `:lock` (the lock) and `:fence` (the counter that numbers the locks). The braces keep them on one node of a
/// cluster. Each call runs one script, so it is atomic, and takes one round trip.
///
/// The store connects when it is first used, and again if the connection was lost. Every call ends within 2 s,
/// including connecting. After a failure, further calls fail at once for a growing time (100 ms to 5 s), so that a
/// server that is down delays nobody.
///
/// Replies are checked: one of another form, or with an impossible fence, is a failure of the store. A key with other
/// contents, and a lock that does not expire or expires too late, are treated as absent.
class RedisStore final : public TokenStore {
 public:
  explicit RedisStore(RedisAddress address);
  ~RedisStore() override;
  RedisStore(const RedisStore&) = delete;
  RedisStore& operator=(const RedisStore&) = delete;

  std::optional<StoreRecord> get(const std::string& name) override;
  RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen, std::chrono::milliseconds ttl) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override { return address_.to_string(); }

 private:
  struct InProcess {
    std::mutex mutex;
    /// Notified when a call has ended.
    std::condition_variable ended;
    /// Guarded by `mutex`. The call in progress owns everything below.
    bool has_call = false;
    std::unique_ptr<RedisConnection> connection;
    /// After a failure: until when calls fail at once, how long that is, and the reason.
    std::chrono::steady_clock::time_point down_until{};
    std::chrono::milliseconds pause{0};
    std::string reason;
  };

  [[nodiscard]] RedisReply script(std::string_view text, const std::string& name, std::vector<std::string> arguments);
  /// Runs a script that returns 1 if it has done its work, and 0 if not.
  bool is_done(std::string_view text, const std::string& name, std::vector<std::string> arguments);
  [[nodiscard]] RedisReply command(const std::vector<std::string>& words);
  [[nodiscard]] RedisReply try_command(InProcess& here, const std::vector<std::string>& words,
                                       std::chrono::steady_clock::time_point deadline) const;
  [[noreturn]] void fail(const std::string& reason);

  const RedisAddress address_;
  PerProcess<InProcess> in_process_;
};

}  // namespace adit::token
