#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "system/connect.h"
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
/// The error's text; the reply must be an error.
[[nodiscard]] std::string_view error_of(const RedisReply& reply);

/// One connection to a Redis server. hiredis formats commands and parses replies; this class transfers the bytes
/// itself, so that TLS does not need hiredis_ssl, which Debian 12 does not have.
///
/// The constructor (resolving the name, connecting, TLS, AUTH and SELECT) and each command end at the caller's
/// deadline, whatever the server sends. A reply may have kMaxReplyBytes, and an array in it kMaxElements. If a server
/// sends more, or more than one reply to a command, the connection is not used any more.
class RedisConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  /// A record has at most 1 MiB (sealed_record.cc), and a script's reply three elements.
  static constexpr std::size_t kMaxReplyBytes = (1U << 20U) + 4096;
  static constexpr std::size_t kMaxElements = 16;

  /// Throws ConnectionFailure.
  RedisConnection(const RedisAddress& address, Deadline deadline);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends a command and returns the reply. If it throws ConnectionFailure, the connection must not be used again.
  [[nodiscard]] RedisReply send(const std::vector<std::string>& words, Deadline deadline);

 private:
  void shake_hands(const RedisAddress& address, Deadline deadline);
  /// Throws ConnectionFailure if the server is not a Redis server. AUTH sends user and password as separate lines,
  /// which another line-based service would execute as commands.
  void expect_redis(Deadline deadline);
  void greet(const std::vector<std::string>& words, const RedisAddress& address, Deadline deadline);
  [[nodiscard]] RedisReply read_reply(Deadline deadline);
  void write(std::string_view bytes, Deadline deadline);
  [[nodiscard]] std::size_t read(char* into, std::size_t size, Deadline deadline);
  /// Repeats the step, waiting for the socket in between, until it returns more than 0.
  template <typename Step>
  int tls_step(Step&& step, Deadline deadline);

  Descriptor socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_;
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

}  // namespace adit::token
