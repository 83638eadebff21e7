#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adit/token_store.h"

#include "system/per_process.h"
#include "token/store/redis_address.h"
#include "token/store/redis_connection.h"

namespace adit::token {

/// A Redis or Valkey server (2.6 or later): three keys a record, `adit:token:{NAME}` and, with `:lock` and `:fence`
/// behind it, its lock and the counter that numbers the locks; the braces keep them on one node of a cluster. Each call
/// is one script, so one round trip and atomic.
///
/// A connection is made at first use and again when it is lost. Every call ends within 2 s, connecting included; after
/// a failure further calls fail at once for a growing while (100 ms to 5 s), so that a server that is down costs
/// nothing.
///
/// What the server says is checked: a reply of another form, or a lock's number that none of ours can have, is a
/// failure of the store. Something else under one of our keys, and a lock without an end or with one too far away,
/// count as not there.
class RedisStore final : public TokenStore {
 public:
  explicit RedisStore(RedisAddress address);
  ~RedisStore() override;
  RedisStore(const RedisStore&) = delete;
  RedisStore& operator=(const RedisStore&) = delete;

  std::optional<StoreRecord> get(const std::string& name) override;
  Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override { return address_.to_string(); }

 private:
  struct InProcess {
    std::mutex mutex;
    std::unique_ptr<RedisConnection> connection;
    /// After a failure: until when no connection is tried, how long that is, and why.
    std::chrono::steady_clock::time_point down_until{};
    std::chrono::milliseconds pause{0};
    std::string reason;
  };

  [[nodiscard]] RedisReply script(std::string_view text, const std::string& name, std::vector<std::string> arguments);
  /// Whether the script did what it is for: it answers 1 or 0.
  bool is_done(std::string_view text, const std::string& name, std::vector<std::string> arguments);
  [[nodiscard]] RedisReply command(const std::vector<std::string>& words);
  [[nodiscard]] RedisReply try_command(InProcess& here, const std::vector<std::string>& words,
                                       std::chrono::steady_clock::time_point deadline) const;
  [[noreturn]] void fail(const std::string& reason);

  const RedisAddress address_;
  PerProcess<InProcess> in_process_;
};

}  // namespace adit::token
