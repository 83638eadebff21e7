#pragma once

// An HTTP/1.1 server (RFC 9110, RFC 9112) for tests, emulators and local tools. It calls its handler on several threads
// at once. Times are in milliseconds, sizes in bytes. Throws adit::Error `listen_failed`, `invalid_tls_identity` and
// `invalid_form`. Thread-safe.
//
//     adit::http::Server server({.port = 0}, [](const adit::http::ServerRequest& request) {
//       if (request.path != "/hello") return adit::http::ServerResponse::text(404, "not found");
//       return adit::http::ServerResponse::json(200, {{"greeting", "Hello"}});
//     });
//     const std::string url = server.origin() + "/hello";

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/http.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::http {

/// A server's certificate and key for TLS.
struct TlsIdentity {
  /// The server's own certificate, then the intermediate ones.
  std::string certificate_chain_pem;
  /// PKCS#8 or an older form that OpenSSL reads, without a passphrase.
  Secret private_key_pem;
};

/// A request that a server has received.
struct ServerRequest {
  /// The method; `GET` for HEAD, see `head`.
  std::string method;
  /// True for HEAD: the handler answers as for GET, and the server leaves out the body.
  bool head = false;
  /// The path, still percent-encoded.
  std::string path;
  /// The text after `?`, still percent-encoded.
  std::string query;
  Headers headers;
  std::string body;
  /// Empty over a Unix socket.
  std::string remote_address;
  /// True if the request came over TLS.
  bool secure = false;
};

/// A fault that the server injects when it sends a response, for emulators and tests. Waiting uses no thread.
struct ConnectionFault {
  /// Waits for this time before the response.
  std::chrono::milliseconds delay{0};
  /// Resets the connection (TCP RST) instead of responding.
  bool reset = false;
  /// Sends this many bytes of the body, waits for `stall_time`, then continues.
  std::optional<std::size_t> stall_after{};
  std::chrono::milliseconds stall_time{0};
  /// Closes the connection after this many bytes of the body, although Content-Length announces all of them. 0: sends
  /// only the headers.
  std::optional<std::size_t> cut_after{};
};

/// A handler's response. The server adds `Date`, unless the handler sets it, and the headers that frame the body.
struct ServerResponse {
  int status = 200;
  Headers headers;
  std::string body;
  std::optional<ConnectionFault> fault{};

  static ServerResponse json(int status, const json::value& body);
  static ServerResponse text(int status, std::string body, std::string content_type = "text/plain; charset=utf-8");
};

/// Called on `ServerOptions::threads` threads, several at once. If it throws, the response is 500, and the exception is
/// logged. The server's destructor waits for running handlers, so they must end.
using Handler = std::function<ServerResponse(const ServerRequest&)>;

/// Sends the response to one request; may be called on any thread. Only the first call has an effect. If all copies
/// are destroyed without a call, the response is 500. The server's destructor waits for the response.
class Reply {
 public:
  using Send = std::function<void(ServerResponse)>;
  explicit Reply(Send send);
  void operator()(ServerResponse response) const;

 private:
  struct Once;
  std::shared_ptr<Once> once_;
};

/// Called on the I/O thread, which it must not block: it passes the work to another thread, or responds at once. If
/// it throws, the response is 500, and the exception is logged.
using AsyncHandler = std::function<void(ServerRequest, Reply)>;

/// Rewrites the error responses that the server makes itself (400, 408, 413, 417, 431, 503, 505), so that an emulator
/// can send them in the form of the server that it represents. `request` has method and target if the request line had
/// arrived. Called on the I/O thread: it must neither block nor throw.
using FormatError = std::function<ServerResponse(ServerResponse plain, const ServerRequest& request)>;

/// What a server does with the body of a request, decided from its headers.
struct Admission {
  /// The limit for this request, at most `ServerOptions::max_body_bytes`. A larger body is rejected with 413 as early
  /// as possible.
  std::size_t max_body_bytes = std::numeric_limits<std::size_t>::max();
  /// True for an authenticated caller: the body does not count towards `ServerOptions::max_buffered_bytes`.
  bool trusted = false;
  /// If set, the server sends this response without reading the body, and closes the connection.
  std::optional<ServerResponse> refusal{};
};

/// Decides about the body of each request before it is read; `head.body` is empty. Called on the I/O thread: it must
/// neither block nor throw. Use it in a server whose callers may send bodies of different sizes:
///
///     options.admit = [](const ServerRequest& head) {
///       if (!has_valid_key(head)) return Admission{.refusal = ServerResponse::text(401, "Who are you?\n")};
///       return Admission{.max_body_bytes = 1U << 20U, .trusted = true};
///     };
using Admit = std::function<Admission(const ServerRequest& head)>;

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one
  /// If not empty, the server also listens on this host, at the same port, if this machine has the address. Needed for
  /// `localhost`: browsers try ::1 before 127.0.0.1.
  std::string second_host{};
  /// If not empty, the server listens on this Unix socket instead of host and port. The file gets mode 0600. A file
  /// that a dead server left behind is replaced; if a server still listens there, the Error is `listen_failed`.
  std::string unix_path{};
  /// If set, the server speaks HTTPS (TLS 1.2 and later). The handshake must end within `request_timeout`.
  std::optional<TlsIdentity> tls{};
  /// The number of threads that run the handler.
  int threads = 2;
  std::size_t max_body_bytes = 2U << 20U;
  /// The limit for all headers of a request, and again for a body's chunk extensions and trailers, which are dropped.
  /// A request may have at most 250 headers.
  std::size_t max_header_bytes = 32U << 10U;
  /// The limit for all bodies that are being read, not counting the first 64 KiB of each. Above it, bodies are rejected
  /// with 503, so that unauthenticated callers cannot fill the memory.
  std::size_t max_buffered_bytes = 128U << 20U;
  std::size_t max_connections = 4096;
  /// A connection is closed if no request begins for this long.
  std::chrono::milliseconds idle_timeout{60'000};
  /// A connection is closed if a request has not arrived completely after this time.
  std::chrono::milliseconds request_timeout{30'000};
  /// Empty: errors are a line of plain text.
  FormatError format_error{};
  /// Empty: each body may have `max_body_bytes`.
  Admit admit{};
};

/// An HTTP/1.1 server, based on Boost.Beast. One I/O thread serves all connections; other threads run the handler. The
/// server listens from its construction on. The destructor stops accepting connections, lets running handlers finish,
/// sends their responses for at most two seconds, and closes all connections.
///
/// The server sends `Date`, and answers HEAD with the headers of GET. It reads requests strictly (RFC 9112): a request
/// that two servers could read differently (two lengths, a length and a transfer coding, bare line ends, two hosts) is
/// answered with 400. So are malformed requests. Requests above the limits are answered with 413 or 431, incomplete
/// ones with 408, and connections above `max_connections` with 503. All of these responses close the connection.
class Server {
 public:
  /// Throws Error `listen_failed`, which names host and port, or the path, and the system's reason; and
  /// `invalid_tls_identity`.
  Server(ServerOptions options, Handler handler);
  /// Uses only the I/O thread; `ServerOptions::threads` has no effect.
  Server(ServerOptions options, AsyncHandler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Stops accepting connections and requests: closes the listener, idle connections at once, and the others when their
  /// present request is answered. Returns when the listener is closed. Any thread may call it, and more than once.
  void stop_accepting();

  /// For a process that is about to end: sends this JSON text, with status 502, to all clients that wait for a
  /// response, and nothing after it. Does nothing to TLS connections. Returns the number of clients. Async-signal-safe.
  int answer_all(std::string_view json) noexcept;

  /// The port; 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const;
  /// `http://HOST:PORT` or `https://HOST:PORT`, IPv6 hosts in brackets; `http://localhost` for a Unix socket.
  [[nodiscard]] std::string origin() const;

 private:
  class Listener;
  struct Workers;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Listener> listener_;
};

/// Returns the fields of a query or of an urlencoded form, decoded and in order. Throws Error `invalid_form` if there
/// are more than 1000.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

/// Returns the fields of a form: application/x-www-form-urlencoded or multipart/form-data (RFC 7578), by the request's
/// content type. Throws Error `invalid_form`.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_form(const ServerRequest& request);

}  // namespace adit::http

#pragma GCC visibility pop
