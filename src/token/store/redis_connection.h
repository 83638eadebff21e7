#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.h"
#include "token/store/redis_address.h"

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
/// depend on hiredis_ssl, which Debian 12 does not have.
///
/// Everything ends by the caller's deadline, whatever the server sends: the name's resolution, connecting, TLS, AUTH
/// and SELECT together, and each command. A reply has at most kMaxReplyBytes, and a list in it kMaxElements; a server
/// that sends more, or more than one reply to a command, is not used any further.
class RedisConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  /// A record has 1 MiB at most (sealed_record.cc), and a script three elements.
  static constexpr std::size_t kMaxReplyBytes = (1U << 20U) + 4096;
  static constexpr std::size_t kMaxElements = 16;

  /// Throws RedisProblem.
  RedisConnection(const RedisAddress& address, Deadline deadline);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// One command and its reply. Throws RedisProblem; the connection must not be used again then.
  [[nodiscard]] RedisReply send(const std::vector<std::string>& words, Deadline deadline);

 private:
  void shake_hands(const RedisAddress& address, Deadline deadline);
  /// Throws RedisProblem unless a Redis server is there. User and password are lines of their own on the way, which
  /// another service that reads lines would take for commands, and which only a Redis server is to see.
  void expect_redis(Deadline deadline);
  void greet(const std::vector<std::string>& words, const RedisAddress& address, Deadline deadline);
  [[nodiscard]] RedisReply read_reply(Deadline deadline);
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
