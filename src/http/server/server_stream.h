#pragma once

#include <optional>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "adit/http_server.h"

namespace adit::http {

/// Makes a server's context for TLS 1.2 and later. Throws Error `invalid_tls_identity` (configuration).
[[nodiscard]] boost::asio::ssl::context make_tls_context(const TlsIdentity& identity);

/// Whether the handshake failed because the client sent plain HTTP.
[[nodiscard]] bool is_plain_http(const boost::system::error_code& error);

/// A connection over TCP or a Unix socket, with or without TLS. It is an AsyncStream for Asio and Beast.
class ServerStream {
 public:
  using Plain =
      boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;
  using executor_type = Plain::executor_type;

  /// `context` must outlive the stream; it is null for a connection without TLS.
  ServerStream(Plain socket, boost::asio::ssl::context* context) : plain_(std::move(socket)) {
    if (context != nullptr) tls_.emplace(plain_, *context);
  }

  [[nodiscard]] executor_type get_executor() { return plain_.get_executor(); }
  [[nodiscard]] Plain& plain() { return plain_; }
  [[nodiscard]] bool secure() const { return tls_.has_value(); }
  /// Reads and writes plain bytes from now on.
  void drop_tls() { tls_.reset(); }

  template <typename HandshakeHandler>
  void async_handshake(HandshakeHandler&& handler) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<HandshakeHandler>(handler));
  }
  template <typename ShutdownHandler>
  void async_tls_shutdown(ShutdownHandler&& handler) {
    tls_->async_shutdown(std::forward<ShutdownHandler>(handler));
  }
  template <typename Buffers, typename ReadHandler>
  void async_read_some(const Buffers& buffers, ReadHandler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<ReadHandler>(handler));
    else
      plain_.async_read_some(buffers, std::forward<ReadHandler>(handler));
  }
  template <typename Buffers, typename WriteHandler>
  void async_write_some(const Buffers& buffers, WriteHandler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<WriteHandler>(handler));
    else
      plain_.async_write_some(buffers, std::forward<WriteHandler>(handler));
  }

 private:
  Plain plain_;
  /// Not beast::ssl_stream, which loses bodies in Boost 1.81: if the first buffer of a write is empty and the second
  /// one is large, it writes no bytes. asio::async_write passes such buffers when the head is sent and the body is not.
  std::optional<boost::asio::ssl::stream<Plain&>> tls_;
};

}  // namespace adit::http
