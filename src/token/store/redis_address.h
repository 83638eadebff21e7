#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adit/secret.h"

namespace adit::token {

/// Where a Redis or Valkey server is.
struct RedisAddress {
  /// One of the two.
  std::string host;
  std::string socket;
  std::uint16_t port = 6379;
  std::string user;
  Secret password;
  int database = 0;
  bool tls = false;
  /// With TLS: PEM files of the authorities to trust (empty: the system's), and of a certificate and key to show.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;

  /// `redis://[user:password@]host[:port][/db]`, `rediss://…[?ca=FILE&cert=FILE&key=FILE]`,
  /// `unix:PATH[?db=N&password=…]`, percent-encoded. Throws Error `invalid_store` (configuration).
  static RedisAddress parse(std::string_view url);
  /// As a URL, without the password.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace adit::token
