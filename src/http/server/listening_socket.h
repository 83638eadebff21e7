#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "adit/http_server.h"

#include "base/descriptor.h"

namespace adit::http {

/// A socket that listens at the address or path of `ServerOptions`. The destructor removes the file of a Unix socket.
/// The socket is not created by Asio, because it must be close-on-exec: if child processes inherited it, the port would
/// stay in use after this process ends.
class ListeningSocket {
 public:
  /// Throws Error `listen_failed`.
  explicit ListeningSocket(const ServerOptions& options);
  ~ListeningSocket() { remove_file(); }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  /// AF_INET, AF_INET6 or AF_UNIX.
  [[nodiscard]] int family() const { return family_; }
  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Hands the descriptor over to the caller, who must close it.
  [[nodiscard]] int release();
  /// Removes the Unix socket's file, unless another file has replaced it.
  void remove_file();

 private:
  void listen_at_port(const ServerOptions& options);
  void listen_at_path(const std::string& path);

  int family_ = 0;
  Descriptor descriptor_;
  std::uint16_t port_ = 0;
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// Returns one listening socket, or two on the same port if `ServerOptions::second_host` is an address of this machine.
/// Throws Error `listen_failed`.
[[nodiscard]] std::vector<std::unique_ptr<ListeningSocket>> open_listening_sockets(const ServerOptions& options);

}  // namespace adit::http
