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

/// TLS 1.2 and later. Throws Error (configuration) `invalid_tls_identity`.
[[nodiscard]] boost::asio::ssl::context make_tls_context(const TlsIdentity& identity);

/// The handshake failed because the client speaks plain HTTP.
[[nodiscard]] bool is_plain_http(const boost::system::error_code& error);

/// A connection's bytes, over TCP or a Unix socket, with TLS or without: an AsyncStream for Asio and Beast.
class ServerStream {
 public:
  using Plain =
      boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;
  using executor_type = Plain::executor_type;

  /// `context`, where there is one, outlives the stream.
  ServerStream(Plain socket, boost::asio::ssl::context* context) : plain_(std::move(socket)) {
    if (context != nullptr) tls_.emplace(plain_, *context);
  }

  [[nodiscard]] executor_type get_executor() { return plain_.get_executor(); }
  [[nodiscard]] Plain& plain() { return plain_; }
  [[nodiscard]] bool secure() const { return tls_.has_value(); }
  /// What comes from now on is not TLS.
  void drop_tls() { tls_.reset(); }

  template <typename Handler>
  void async_handshake(Handler&& handler) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Handler>(handler));
  }
  template <typename Handler>
  void async_tls_shutdown(Handler&& handler) {
    tls_->async_shutdown(std::forward<Handler>(handler));
  }
  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    else
      plain_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      plain_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  Plain plain_;
  /// Not beast::ssl_stream: Boost 1.81's turns a write whose first buffer is empty and whose second one is large, which
  /// is what asio::async_write makes of a head that is out and its body, into one of no bytes, and so loses the body.
  std::optional<boost::asio::ssl::stream<Plain&>> tls_;
};

}  // namespace adit::http
