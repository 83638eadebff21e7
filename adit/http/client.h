#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adit/http/body_stream.h"
#include "adit/http/endpoints.h"
#include "adit/http/message.h"

#pragma GCC visibility push(default)

namespace adit::http {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};
  /// For the whole exchange, redirects included. Not where a body is streamed (`Request::body_from`, a sink): such an
  /// exchange may take as long as bytes move, unless `Request::timeout` says otherwise.
  std::chrono::milliseconds total_timeout{30'000};
  /// A transfer that moves no byte for this long ends.
  std::chrono::milliseconds idle_timeout{15'000};
  std::size_t max_response_bytes = 64U << 20U;
  int max_redirects = 5;
  /// A PEM bundle, or a folder of hashed certificates, which alone are trusted. Both empty: SSL_CERT_FILE where set,
  /// and with it SSL_CERT_DIR or the system's folder, as OpenSSL does (a folder costs nothing to open, the system's
  /// bundle 20 ms).
  std::string ca_file{};
  std::string ca_dir{};
  std::string user_agent{};  // empty: adit/VERSION
  Endpoints endpoints{};
  /// Not empty: every connection goes to this Unix socket, whatever the URL's host, and to no proxy.
  std::string unix_socket{};
  /// More than a program's threads, so that what they use all the time is not closed and made again in between.
  std::size_t max_idle_connections = 256;
};

class Transfers;

/// The HTTP client, on libcurl: HTTP/1.1 and 2, connections reused between requests, proxies from the environment
/// (HTTPS_PROXY, NO_PROXY, …), redirects followed only for GET and HEAD and only while no credential would reach
/// another origin. Thread-safe: any number of threads may send at once.
///
/// Errors: `request_failed` for everything that kept an answer from coming; `request_unread` in its place where, at a
/// Unix socket, the server was certainly not there to read the whole request; `response_too_large`; `secret_over_http`
/// (configuration) where a request with credentials (`Request::carries_secret`) would leave this machine over plain
/// http, also by a route or a redirect: nothing is sent then; and
/// `redirect_refused` for a redirect that leaves https, or takes a request with credentials to another origin. Where
/// redirects are not followed (other methods, `max_redirects` 0) the redirect itself is the answer. Bodies come decoded
/// (gzip, deflate, br, zstd); the headers are those of the final answer, as they were sent. Messages show URLs without
/// userinfo and query.
class Client final : public Transport {
 public:
  explicit Client(ClientOptions options = {});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Response send(const Request& request) override;
  /// Also throws `cancelled`, and what the source or the sink throw; `body_not_repeatable` for a source that has been
  /// read and cannot be rewound. An announced size that the source does not keep is `request_failed`. Bodies of more
  /// than 1 MiB, or of unknown size, wait up to a second for `100 Continue` (RFC 9110 section 10.1.1), so that a server
  /// that refuses them says so first: the source is then still unread.
  Response stream(const Request& request, const Streaming& streaming) override;

  /// The process's client, made at first use with ADIT_ENDPOINTS, ADIT_CONNECT_TIMEOUT and ADIT_TIMEOUT (seconds,
  /// fractions allowed).
  static Client& shared();

 private:
  ClientOptions options_;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace adit::http

#pragma GCC visibility pop
