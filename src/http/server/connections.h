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

/// All connections of a server, each from its accept to its close. Used on the thread that runs `io` alone, except
/// `waiting_clients`. An answer is sent by the thread that gives it, as far as the client takes it at once; the thread
/// of `io` is woken only where there is more to do.
class Connections {
 public:
  using Socket = ServerStream::Plain;

  /// Throws Error `invalid_tls_identity`. `io` outlives the connections.
  Connections(ServerOptions options, AsyncHandler handler, boost::asio::io_context& io);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Past the limit of connections a client is told so, or, past a limit of those, closed without a word.
  void take(Socket socket);

  /// Nothing new is taken any more: a connection that waits for a request ends now.
  void drain();
  /// The server stops: what is not being answered ends now.
  void stop();
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
