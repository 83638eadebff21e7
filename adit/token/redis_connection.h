#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adit/token/descriptor.h"
#include "adit/token/redis_address.h"

struct redisReader;
struct redisReply;
using SSL = struct ssl_st;

namespace adit::token {

struct FreedReply {
  void operator()(redisReply* reply) const;
};
using RedisReply = std::unique_ptr<redisReply, FreedReply>;

[[nodiscard]] bool is_error(const RedisReply& reply);
/// Of a reply that is one.
[[nodiscard]] std::string_view error_of(const RedisReply& reply);

/// Why a connection could not be made, or is lost.
struct RedisProblem {
  std::string reason;
};

/// One connection to a Redis server. hiredis reads and writes the protocol; the bytes travel here, so that TLS does not
/// hang on hiredis_ssl, which Debian 12 is without. Every step ends: connecting (with TLS, AUTH and SELECT) within 1 s
/// each, a command within 2 s; only the resolver has time-outs of its own.
class RedisConnection {
 public:
  /// Throws RedisProblem.
  explicit RedisConnection(const RedisAddress& address);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// One command and its reply. Throws RedisProblem; the connection is no use then.
  [[nodiscard]] RedisReply send(const std::vector<std::string>& words);

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  void shake_hands(const RedisAddress& address, Deadline deadline);
  void greet(const std::vector<std::string>& words);
  void write(std::string_view bytes, Deadline deadline);
  [[nodiscard]] std::size_t read(char* into, std::size_t size, Deadline deadline);
  /// The TLS step's return value, waited upon until it is more than 0.
  template <typename Step>
  int tls_step(Step&& step, Deadline deadline);

  Descriptor socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_;
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

}  // namespace adit::token
