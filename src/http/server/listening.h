#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "adit/http_server.h"

namespace adit::http {

/// A socket that listens where `ServerOptions` say, until its end; the file of a Unix socket goes away with it. Not
/// Asio's: child processes must not inherit the descriptor, or the port stays taken after this process ends.
class Listening {
 public:
  /// Throws Error `listen_failed`.
  explicit Listening(const ServerOptions& options);
  ~Listening() { remove_file(); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  /// AF_INET, AF_INET6 or AF_UNIX.
  [[nodiscard]] int family() const { return family_; }
  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The descriptor, which the caller closes from here on.
  [[nodiscard]] int release();
  /// The Unix socket's file, unless another one has taken its place.
  void remove_file();

 private:
  void listen_at_port(const ServerOptions& options);
  void listen_at_path(const std::string& path);

  int family_ = 0;
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// One, and another one where there is a second host. Throws Error `listen_failed`.
[[nodiscard]] std::vector<std::unique_ptr<Listening>> listen_at_all(const ServerOptions& options);

}  // namespace adit::http
