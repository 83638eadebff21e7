#pragma once

// An HTTP/1.1 server for tests, emulators and local tools. Times are in milliseconds, sizes in bytes. The server is
// thread-safe and calls its handler on several threads at once.
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

/// What a server shows itself with over TLS.
struct TlsIdentity {
  /// The server's own certificate first, then those of the CAs between it and the root.
  std::string certificate_chain_pem;
  /// PKCS #8, or the older forms that OpenSSL reads; without a passphrase.
  Secret private_key_pem;
};

/// A request as a server sees it.
struct ServerRequest {
  /// `GET` for HEAD too: see `head`.
  std::string method;
  /// The client sent HEAD: the handler answers as for GET, and the server leaves the body out.
  bool head = false;
  /// The path, percent-encoded as it came; and what follows `?`, without it.
  std::string path;
  std::string query;
  Headers headers;
  std::string body;
  /// Empty over a Unix socket.
  std::string remote_address;
  /// It came over TLS.
  bool secure = false;
};

/// Makes the sending of an answer go wrong on purpose, for emulators and tests. Uses no thread while it waits.
struct ConnectionFault {
  /// Waits for this time before the answer.
  std::chrono::milliseconds delay{0};
  /// Resets the connection (TCP RST) instead of answering.
  bool reset = false;
  /// Sends this many bytes of the body, waits for `stall_time`, then continues.
  std::optional<std::size_t> stall_after{};
  std::chrono::milliseconds stall_time{0};
  /// Closes the connection after so many bytes of a body that Content-Length promised whole; 0 sends the header alone.
  std::optional<std::size_t> cut_after{};
};

/// A `Date` header that the handler sets takes the place of the server's; the body's framing is the server's.
struct ServerResponse {
  int status = 200;
  Headers headers;
  std::string body;
  std::optional<ConnectionFault> fault{};

  static ServerResponse json(int status, const json::value& body);
  static ServerResponse text(int status, std::string body, std::string content_type = "text/plain; charset=utf-8");
};

/// Called on `ServerOptions::threads` threads, several at once; an exception becomes 500 and a log entry. The server's
/// end waits for the handlers that run, so they have to end.
using Handler = std::function<ServerResponse(const ServerRequest&)>;

/// Where the answer to one request goes, from any thread: the first one counts. If every copy is gone and none
/// answered, 500 is the answer. The server's end waits for it.
class Reply {
 public:
  using Send = std::function<void(ServerResponse)>;
  explicit Reply(Send send);
  void operator()(ServerResponse response) const;

 private:
  struct Once;
  std::shared_ptr<Once> once_;
};

/// Called on the thread that moves all bytes, which it must not keep: it hands the work to others, or answers at once.
/// An exception becomes 500 and a log entry.
using AsyncHandler = std::function<void(ServerRequest, Reply)>;

/// Rewrites the error answers that the server makes itself (400, 408, 413, 417, 431, 503, 505), so that an emulator can
/// send them in the form of the server that it represents. `request` has method and target if its first line had
/// arrived. Called on the thread that moves all bytes: it must neither wait nor throw.
using FormatError = std::function<ServerResponse(ServerResponse plain, const ServerRequest& request)>;

/// What a server does with the body of a request, decided from its head alone.
struct Admission {
  /// For this request; at most `ServerOptions::max_body_bytes`. A larger body is refused with 413 as early as it shows.
  std::size_t max_body_bytes = std::numeric_limits<std::size_t>::max();
  /// The caller has shown who it is: the body does not count against `ServerOptions::max_buffered_bytes`.
  bool trusted = false;
  /// The answer, instead of reading the body; the connection is closed after it.
  std::optional<ServerResponse> refusal{};
};

/// Called with each request's head (its body is empty then) before the body is read, on the thread that moves all
/// bytes: it must neither wait nor throw. A server that serves several kinds of callers says here which of them may
/// send how much, before anyone's bytes are kept:
///
///     options.admit = [](const ServerRequest& head) {
///       if (!has_valid_key(head)) return Admission{.refusal = ServerResponse::text(401, "Who are you?\n")};
///       return Admission{.max_body_bytes = 1U << 20U, .trusted = true};
///     };
using Admit = std::function<Admission(const ServerRequest& head)>;

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: a free one
  /// Not empty: listens there too, at the same port, where this machine has such an address. `localhost` is both
  /// 127.0.0.1 and ::1, and browsers try the latter first.
  std::string second_host{};
  /// Not empty: listens on this Unix socket instead of host and port. The file gets mode 0600; one that a dead server
  /// left behind is replaced, one that a server answers at is `listen_failed`.
  std::string unix_path{};
  /// HTTPS: TLS 1.2 and later. The handshake has to end within `request_timeout`.
  std::optional<TlsIdentity> tls{};
  int threads = 2;
  std::size_t max_body_bytes = 2U << 20U;
  /// Of a head; and again of a body's chunk extensions and trailers, which are dropped. A head has at most 250 fields.
  std::size_t max_header_bytes = 32U << 10U;
  /// Of the bodies that are being read, all connections together, except the first 64 KiB of each: past it bodies are
  /// refused with 503, so that callers who have shown nothing yet cannot fill the memory.
  std::size_t max_buffered_bytes = 128U << 20U;
  std::size_t max_connections = 4096;
  /// A connection that sends no request for so long, or a request that is not whole after so long, is closed.
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds request_timeout{30'000};
  /// Empty: errors are a line of plain text.
  FormatError format_error{};
  /// Empty: each request may have `max_body_bytes`.
  Admit admit{};
};

/// An HTTP/1.1 server on Boost.Beast. Listens from its making to its end; the destructor stops accepting, lets running
/// handlers finish, sends their answers for at most two seconds, and closes. Sends `Date`. Answers HEAD with the
/// headers for GET. 413, 431, 400 for requests past its limits or malformed, 408 for those that do not come to their
/// end, 503 for connections past `max_connections`; all of these close the connection. Requests are read strictly (RFC
/// 9112): what two readers could understand differently (two lengths, a length and a transfer coding, bare line ends,
/// two hosts) is 400. Connections cost no thread: one thread moves all bytes, others run
/// the handlers.
class Server {
 public:
  /// Throws Error `listen_failed` that names host and port, or the path, and the system's reason;
  /// `invalid_tls_identity`.
  Server(ServerOptions options, Handler handler);
  /// No threads but the one that moves all bytes: `ServerOptions::threads` says nothing then.
  Server(ServerOptions options, AsyncHandler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes nothing new from here on: nothing listens any more, idle connections are closed, and others once the request
  /// that they have begun is answered. Returns when the listener is closed. Any thread may call it, several times.
  void stop_accepting();

  /// For a process that is about to end: sends this JSON text, with status 502, to everyone who still waits for an
  /// answer, and nothing else to them any more; TLS connections are left alone. Returns how many that were.
  /// Async-signal-safe.
  int answer_all(std::string_view json) noexcept;

  /// 0 for a Unix socket.
  [[nodiscard]] std::uint16_t port() const;
  /// `http://HOST:PORT` or `https://HOST:PORT`, IPv6 hosts in brackets; `http://localhost` for a Unix socket.
  [[nodiscard]] std::string origin() const;

 private:
  class Listener;
  struct Workers;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Listener> listener_;
};

/// The fields of a query, or of an urlencoded form, decoded and in order. Throws Error `invalid_form` for more than
/// 1000 of them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

/// The fields of a form body: application/x-www-form-urlencoded or multipart/form-data (RFC 7578), by its content type.
/// Throws Error `invalid_form`.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_form(const ServerRequest& request);

}  // namespace adit::http

#pragma GCC visibility pop
