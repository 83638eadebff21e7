#pragma once

// An HTTP client. Times are in milliseconds, sizes in bytes. Throws adit::Error, `request_failed` and others (see
// Client); an HTTP status is not an error. Clients are thread-safe; requests and responses are values.
//
//     adit::http::Client client({.total_timeout = 20s});
//     const auto items = adit::http::Request::get("https://example.com/items").query("limit", "50");
//     const auto response = client.send(items);
//     if (response.ok()) const auto first = response.json().at(0);

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::http {

/// An absolute http or https URL, split into origin, userinfo and rest.
struct UrlParts {
  /// `scheme://host[:port]` in normal form.
  std::string origin;
  /// The text before `@`, still percent-encoded; may be a password.
  std::string userinfo;
  /// Path, query and fragment, still percent-encoded.
  std::string rest;

  [[nodiscard]] std::string whole() const;
  /// The host of the origin; an IPv6 address is in brackets.
  [[nodiscard]] std::string host() const;
  /// The URL for messages: origin and path, without userinfo, query and fragment, which may contain secrets.
  [[nodiscard]] std::string shown() const;
};

/// Splits a URL. Throws Error `invalid_url` (configuration), whose message does not quote the URL.
[[nodiscard]] UrlParts split_url(std::string_view url);

/// Routes that send requests for one origin to another. The setting is ADIT_ENDPOINTS: pairs `origin=origin`, separated
/// by commas, e.g.
/// `https://ims-na1.adobelogin.com=http://127.0.0.1:9001,https://analytics.adobe.io=http://127.0.0.1:9001`.
class Endpoints {
 public:
  Endpoints() = default;
  /// Reads the form of ADIT_ENDPOINTS. Throws Error `invalid_endpoints` (configuration) that names the wrong pair.
  static Endpoints parse(std::string_view text);
  /// Reads ADIT_ENDPOINTS; no routes if it is unset. The first request that a route redirects is reported in the log.
  static Endpoints from_process();

  void add(std::string_view from_origin, std::string_view to_origin);
  /// Returns the URL to which a request is sent. That is `url` itself if no route has its origin; scheme and host are
  /// compared without letter case, and the default port equals no port.
  [[nodiscard]] std::string apply(std::string_view url) const;
  [[nodiscard]] bool empty() const { return routes_.empty(); }
  /// Returns the form of ADIT_ENDPOINTS.
  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> routes_;
};

/// Returns the URL's origin in normal form: `scheme://host[:port]` in lower case, without a default port. Throws Error
/// `invalid_url` if `url` is not an absolute http or https URL.
[[nodiscard]] std::string origin_of(std::string_view url);

/// Header fields in order. Names are compared without letter case (RFC 9110 section 5.1), and may occur several times.
/// The values are wiped when they are freed, because some are credentials.
class Headers {
 public:
  Headers() = default;
  Headers(const Headers&) = default;
  Headers(Headers&&) noexcept = default;
  Headers& operator=(const Headers& other);
  Headers& operator=(Headers&& other) noexcept;
  ~Headers();
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields.begin(), fields.end()) {}

  void add(std::string name, std::string value);
  /// Replaces all fields of this name.
  void set(std::string name, std::string value);
  /// Removes all fields of this name.
  void remove(std::string_view name);
  /// Returns the first value, or nullopt if there is no such field.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::string_view get_or_empty(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  void wipe() noexcept;

  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Whether the field carries a credential: `Authorization`, `Cookie`, `x-api-key`, a field whose name contains a word
/// such as token, secret or password, and a field whose value is a bearer token or a JWT.
[[nodiscard]] bool is_credential(std::string_view name, std::string_view value);

class BodySource;
class Transport;
struct Streaming;

/// The response to a Request. The body is wiped when it is freed, because it may contain tokens. Thread-safety: as
/// std::string's.
class Response {
 public:
  Response() = default;
  Response(int status, Headers headers, std::string body)
      : status_(status), headers_(std::move(headers)), body_(std::move(body)) {}
  Response(const Response&) = default;
  Response(Response&&) noexcept = default;
  Response& operator=(const Response& other);
  Response& operator=(Response&& other) noexcept;
  ~Response();

  [[nodiscard]] int status() const { return status_; }
  /// True for 200 to 299.
  [[nodiscard]] bool ok() const { return status_ >= 200 && status_ < 300; }
  [[nodiscard]] const Headers& headers() const { return headers_; }
  /// Returns the first value of this header, or nullopt if the response does not have it.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const& { return headers_.get(name); }
  [[nodiscard]] std::optional<std::string> header(std::string_view name) && {
    const auto value = headers_.get(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
  }
  [[nodiscard]] const std::string& body() const { return body_; }
  /// Parses the body as JSON. Throws Error `invalid_response_body` that says what the body is instead (HTML, empty, cut
  /// off).
  [[nodiscard]] json::value json() const;
  /// Returns `Retry-After`, in seconds or as a date (RFC 9110 section 10.2.3), as a wait from `now`; never negative.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(std::chrono::sys_seconds now) const;
  /// Returns the `Date` header (RFC 9110 section 6.6.1).
  [[nodiscard]] std::optional<std::chrono::sys_seconds> date() const;

 private:
  int status_ = 0;
  Headers headers_;
  std::string body_;
};

/// A request to send. Thread-safety: as std::string's.
///
///     auto request = Request::get("https://analytics.adobe.io/discovery/me").query("limit", "10");
///     request.header("accept", "application/json");
class Request {
 public:
  Request(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}
  static Request get(std::string url) { return {"GET", std::move(url)}; }
  static Request post(std::string url) { return {"POST", std::move(url)}; }
  static Request put(std::string url) { return {"PUT", std::move(url)}; }
  static Request patch(std::string url) { return {"PATCH", std::move(url)}; }
  static Request del(std::string url) { return {"DELETE", std::move(url)}; }

  /// Adds a field to the URL's query, before the fragment. Percent-encodes name and value (RFC 3986 section 2.1).
  Request& query(std::string_view name, std::string_view value) &;
  /// Sets a header, and replaces those of the same name. Throws Error `invalid_request` if the name or the value
  /// contains CR, LF or NUL.
  Request& header(std::string name, std::string value) &;
  /// Adds a header, and keeps those of the same name.
  Request& further_header(std::string name, std::string value) &;
  /// Sends the request without this header, even if the transport or an ApiClient would add it; header() undoes this.
  /// Content-Length and Transfer-Encoding cannot be left out.
  Request& without(std::string name) &;
  Request& bearer(const Secret& token) &;
  Request& json(const json::value& body) &;
  /// Sets a body of type application/x-www-form-urlencoded. If a field's name is that of a secret (`client_secret`,
  /// `jwt_token`, `client_assertion`, …), carries_secret() is true.
  Request& form(const std::vector<std::pair<std::string, Secret>>& fields) &;
  Request& body(std::string bytes, std::string content_type) &;
  /// Sets a body that is read while it is sent. Copies of the request share the source.
  Request& body_from(std::shared_ptr<BodySource> source, std::string content_type) &;
  /// Replaces the client's total time-out for this request.
  Request& timeout(std::chrono::milliseconds total) &;
  /// Limits the time of the exchange, in addition to the total time-out.
  Request& at_most(std::chrono::milliseconds total) &;
  /// Limits the size of the response's body, in addition to the client's limit. A larger body is Error
  /// `response_too_large`.
  Request& max_response_bytes(std::size_t bytes) &;
  /// Ends the exchange with Error `cancelled` as soon as a stop is requested.
  Request& stop(std::stop_token token) &;

  // The same functions for a temporary Request. They return a value, so that a reference to the result stays valid.
  [[nodiscard]] Request query(std::string_view name, std::string_view value) && {
    return std::move(query(name, value));
  }
  [[nodiscard]] Request header(std::string name, std::string value) && {
    return std::move(header(std::move(name), std::move(value)));
  }
  [[nodiscard]] Request further_header(std::string name, std::string value) && {
    return std::move(further_header(std::move(name), std::move(value)));
  }
  [[nodiscard]] Request without(std::string name) && { return std::move(without(std::move(name))); }
  [[nodiscard]] Request bearer(const Secret& token) && { return std::move(bearer(token)); }
  [[nodiscard]] Request json(const json::value& body) && { return std::move(json(body)); }
  [[nodiscard]] Request form(const std::vector<std::pair<std::string, Secret>>& fields) && {
    return std::move(form(fields));
  }
  [[nodiscard]] Request body(std::string bytes, std::string content_type) && {
    return std::move(body(std::move(bytes), std::move(content_type)));
  }
  [[nodiscard]] Request body_from(std::shared_ptr<BodySource> source, std::string content_type) && {
    return std::move(body_from(std::move(source), std::move(content_type)));
  }
  [[nodiscard]] Request timeout(std::chrono::milliseconds total) && { return std::move(timeout(total)); }
  [[nodiscard]] Request at_most(std::chrono::milliseconds total) && { return std::move(at_most(total)); }
  [[nodiscard]] Request max_response_bytes(std::size_t bytes) && { return std::move(max_response_bytes(bytes)); }
  [[nodiscard]] Request stop(std::stop_token token) && { return std::move(stop(std::move(token))); }

  /// Sends the request through Client::shared(), or through this transport.
  [[nodiscard]] Response send() const;
  [[nodiscard]] Response send(Transport& transport) const;

  [[nodiscard]] const std::string& method() const { return method_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const Headers& headers() const { return headers_; }
  /// The headers that without() leaves out.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// Whether the request sets this header, or leaves it out by without().
  [[nodiscard]] bool sets_or_omits(std::string_view name) const;
  /// The body; wiped when the request is freed, because forms contain secrets.
  [[nodiscard]] const Secret& body() const& { return body_; }
  /// Whether a header, a form's field or the URL's userinfo is a credential. `x-api-key` is not: it identifies a client
  /// and authenticates nobody. Client sends requests with a credential only over https or to this machine.
  [[nodiscard]] bool carries_secret() const;
  /// The source that body_from() set; otherwise nullptr.
  [[nodiscard]] const std::shared_ptr<BodySource>& source() const { return source_; }
  /// False if the body comes from a source that was already read and cannot be rewound.
  [[nodiscard]] bool repeatable() const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const& { return timeout_; }
  [[nodiscard]] std::optional<std::chrono::milliseconds> at_most() const& { return at_most_; }
  [[nodiscard]] std::optional<std::size_t> max_response_bytes() const& { return max_response_bytes_; }
  [[nodiscard]] const std::stop_token& stop() const& { return stop_; }

 private:
  std::string method_;
  std::string url_;
  Headers headers_;
  std::vector<std::string> left_out_;
  Secret body_;
  bool secret_body_ = false;
  std::shared_ptr<BodySource> source_;
  std::optional<std::chrono::milliseconds> timeout_;
  std::optional<std::chrono::milliseconds> at_most_;
  std::optional<std::size_t> max_response_bytes_;
  std::stop_token stop_;
};

/// Sends requests and returns responses: Client, or a fake in tests. Implementations must be thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends a request. Throws Error `request_failed` if there is no response; it is retryable if the connection was
  /// refused, reset or timed out, and not retryable for TLS failures and invalid URLs. An HTTP status is not an error.
  virtual Response send(const Request& request) = 0;
  /// As send(), for bodies of any size, see BodySource. Unless overridden, calls send() and passes the response's body
  /// to the sink in one piece.
  virtual Response stream(const Request& request, const Streaming& streaming);
};

// Bodies that are too large for memory: a request's body is read from a BodySource, a response's is written to a
// BodySink.
//
//     const auto sink = sink_to_descriptor(file, "report.zip");
//     const auto response = client.stream(Request::post(url).bearer(token).body_from(source_from_file("query.csv"),
//                                                                                    "text/csv"),
//                                         {.sink = sink.get(), .stop = [&] { return interrupted(); }});
//     if (!response.ok()) explain(response.body());  // the sink gets only bodies of 200 to 299
//
// One exchange at a time uses a source or sink, on the thread that called stream() or send(). An exception that the
// source or sink throws ends the exchange, and is thrown to the caller.

/// Supplies a request's body.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The size of the whole body in bytes; nullopt if it is unknown: HTTP/1.1 then sends chunks.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  /// Writes the next bytes to the front of `buffer`, and returns how many. Returns 0 only at the end.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Whether rewind() works now: always for a file, and for a pipe until something has been read.
  [[nodiscard]] virtual bool rewindable() const = 0;
  /// Makes the next read() begin at the first byte. Called before the body is sent, also for the first time, and when a
  /// connection broke before the server responded.
  virtual void rewind() = 0;
  /// Returns a descriptor that becomes readable when read() would not block. For sources that wait for others (a pipe,
  /// a terminal): the exchange waits for it, and keeps checking the connection, the time-outs and `Streaming::stop`.
  /// Returns -1 if read() never blocks for long.
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

/// Reads a regular file of any size, or a pipe or device below /dev or /proc/self/fd. This function and read() throw
/// Error `file_unreadable` (configuration).
[[nodiscard]] std::shared_ptr<BodySource> source_from_file(const std::string& path);
/// Reads a descriptor, such as standard input, from its present offset. The descriptor is not closed, and must stay
/// open until the exchange has ended. `name` is for messages: "standard input".
[[nodiscard]] std::shared_ptr<BodySource> source_from_descriptor(int descriptor, std::string name);

/// Receives a response's body.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// Called once for each exchange, when the headers of the response have arrived, also if it has no body; not for
  /// redirects that are followed. Return true to get the body through write(). Return false to have it in the Response,
  /// limited to `ClientOptions::max_response_bytes`, for example to show an error.
  virtual bool open(int status, const Headers& headers) = 0;
  /// Receives the next bytes, decoded (gzip, …), at most 16 KiB. The server has to wait until this call returns.
  virtual void write(std::string_view bytes) = 0;
};

/// Writes the bodies of responses 200 to 299 to a descriptor, and leaves others to the Response. The descriptor is not
/// closed. Writing throws Error `write_failed`, whose message contains `name` and the system's reason. While the
/// descriptor is not writable (a pipe whose reader is slow), `stop` is called; if it returns true, writing throws Error
/// `cancelled`.
[[nodiscard]] std::unique_ptr<BodySink> sink_to_descriptor(int descriptor, std::string name,
                                                           std::function<bool()> stop = {});

/// The progress of an exchange, in bytes of the bodies as they are transferred (compressed, if they are compressed).
struct Progress {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  /// The sizes of the whole bodies, if they are known.
  std::optional<std::uint64_t> to_send;
  std::optional<std::uint64_t> to_receive;
};

/// How an exchange is streamed, observed and ended. Each part is optional.
struct Streaming {
  /// nullptr: the body goes into the Response.
  BodySink* sink = nullptr;
  /// Called on the thread that sends, about ten times a second, and once when the response is complete.
  std::function<void(const Progress&)> progress{};
  /// Called on the thread that sends, at least ten times a second. If it returns true, the exchange ends with Error
  /// `cancelled`. It may read a flag that a signal handler sets.
  std::function<bool()> stop{};
};

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};
  /// Limits the whole exchange, including redirects. It does not limit an exchange that streams a body
  /// (`Request::body_from`, a sink), which may take any time as long as bytes are transferred; `Request::timeout`
  /// limits that, too.
  std::chrono::milliseconds total_timeout{30'000};
  /// An exchange in which no byte is transferred for this time ends.
  std::chrono::milliseconds idle_timeout{15'000};
  std::size_t max_response_bytes = 64U << 20U;
  int max_redirects = 5;
  /// The only certificates that are trusted: a PEM bundle, or a folder of hashed certificates. If both are empty,
  /// OpenSSL's rules apply: SSL_CERT_FILE if that is set, and SSL_CERT_DIR or the system's folder. (Opening a folder
  /// costs nothing; reading the system's bundle takes 20 ms.)
  std::string ca_file{};
  std::string ca_dir{};
  std::string user_agent{};  // empty: adit/VERSION
  Endpoints endpoints{};
  /// If not empty, all connections go to this Unix socket, whatever the URL's host, and no proxy is used.
  std::string unix_socket{};
  /// Should be more than the program's threads, so that no connection in use is closed between two requests.
  std::size_t max_idle_connections = 256;
  /// For the idle and total time-outs; must outlive the client. The time-out for connecting uses the system's clock.
  const Clock* clock = &Clock::system();
};

class Transfers;

/// The HTTP client, based on libcurl: HTTP/1.1, with connections that are reused, and proxies from the
/// environment (HTTPS_PROXY, NO_PROXY, …). Bodies are decoded (gzip, deflate, br, zstd); the headers are those of the
/// final response, unchanged. Thread-safe: any number of threads may send at once.
///
/// Redirects are followed only for GET and HEAD, and only if no credential would reach another origin. With other
/// methods, or if `max_redirects` is 0, the redirect itself is returned as the response.
///
/// Throws Error:
///
///  - `request_failed`, if there was no response;
///  - `request_unread` instead, if the connection is to a Unix socket and the server certainly did not read the whole
///    request;
///  - `response_too_large`;
///  - `secret_over_http` (configuration), if a request with credentials (`Request::carries_secret`) would leave this
///    machine over plain http, also by a route or a redirect; nothing is sent then;
///  - `redirect_refused`, if a redirect leaves https, or leads a request with credentials to another origin.
///
/// Messages show URLs without userinfo and query.
class Client final : public Transport {
 public:
  explicit Client(ClientOptions options = {});
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Response send(const Request& request) override;
  /// As send(), for bodies of any size. Also throws `cancelled`, what the source or the sink throw,
  /// `body_not_repeatable` if the source was read before and cannot be rewound, and `request_failed` if the source does
  /// not have the size that it announced. Before a body of more than 1 MiB or of unknown size, the client waits up to a
  /// second for `100 Continue` (RFC 9110 section 10.1.1): if the server rejects the request, the source is not read.
  Response stream(const Request& request, const Streaming& streaming) override;

  /// Returns the process's client. It is made when it is first used, with ADIT_ENDPOINTS, ADIT_CONNECT_TIMEOUT and
  /// ADIT_TIMEOUT (seconds, fractions allowed).
  static Client& shared();

 private:
  ClientOptions options_;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace adit::http

#pragma GCC visibility pop
