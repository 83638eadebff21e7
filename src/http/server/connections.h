#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include "adit/http_server.h"

#include "http/server/server_stream.h"
#include "http/server/waiting_clients.h"

namespace adit::http {

/// All connections of a server, each from accept to close. Everything except `waiting_clients` runs on the thread that
/// runs `io`. The thread that makes an answer also sends it, as far as the socket takes it without blocking; it wakes
/// the thread of `io` only if there is more to do.
class Connections {
 public:
  using Socket = ServerStream::Plain;

  /// Throws Error `invalid_tls_identity`. `io` must outlive the connections.
  Connections(ServerOptions options, AsyncHandler handler, boost::asio::io_context& io);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Serves a new connection. If there are already `ServerOptions::max_connections`, answers with status 503, or only
  /// closes it if many are being answered so.
  void take(Socket socket);

  /// Takes no new requests. Closes the connections that wait for one.
  void drain();
  /// Closes all connections on which no request is being answered.
  void stop();
  /// Closes all connections.
  void close();

  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] bool empty() const { return open_.empty(); }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] WaitingClients& waiting_clients() { return waiting_clients_; }

 private:
  class Connection;

  ServerOptions options_;
  AsyncHandler handler_;
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::io_context& io_;
  WaitingClients waiting_clients_;
  std::set<Connection*> open_;
  std::size_t refusals_ = 0;
  /// What `ServerOptions::max_buffered_bytes` limits.
  std::size_t buffered_ = 0;
  std::atomic<bool> draining_ = false;
  bool stopping_ = false;
};

}  // namespace adit::http
