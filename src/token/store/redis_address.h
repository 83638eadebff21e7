#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adit/secret.h"

namespace adit::token {

/// The address of a Redis or Valkey server, and how to authenticate there.
struct RedisAddress {
  /// Either `host` and `port`, or `socket`.
  std::string host;
  std::string socket;
  std::uint16_t port = 6379;
  std::string user;
  Secret password;
  int database = 0;
  bool tls = false;
  /// With TLS: PEM files of the trusted CAs (empty: the system's), and of the client's certificate and key.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;

  /// Reads `redis://[user:password@]host[:port][/db]`, `rediss://…[?ca=FILE&cert=FILE&key=FILE]` or
  /// `unix:PATH[?db=N&password=…]`, percent-encoded. Throws Error `invalid_store` (configuration).
  static RedisAddress parse(std::string_view url);
  /// Returns the URL without user and password.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace adit::token
