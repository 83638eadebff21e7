#pragma once

// An HTTP client. Times are in milliseconds, sizes in bytes. Throws adit::Error, `request_failed` and others (see
// Client); an HTTP status is not an error. Clients are thread-safe; requests and responses are values.
//
//     adit::http::Client client({.total_timeout = 20s});
//     const auto items = adit::http::Request::get("https://example.com/items").query("limit", "50");
//     const auto answer = client.send(items);
//     if (answer.ok()) const auto first = answer.json().at(0);

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

/// An absolute http or https URL taken apart just as far as origins need it.
struct UrlParts {
  /// `scheme://host[:port]` in normal form.
  std::string origin;
  /// What stands before `@`, encoded as it came: perhaps a password.
  std::string userinfo;
  /// Path, query and fragment as they came.
  std::string rest;

  [[nodiscard]] std::string whole() const;
  /// Of the origin; IPv6 addresses in brackets.
  [[nodiscard]] std::string host() const;
  /// For messages: origin and path, without userinfo, query and fragment, which may hold secrets.
  [[nodiscard]] std::string shown() const;
};

/// Throws Error `invalid_url` (configuration), whose message does not quote the URL.
[[nodiscard]] UrlParts split_url(std::string_view url);

/// The explicit setting that sends requests for one origin to another: ADIT_ENDPOINTS, `origin=origin` pairs divided by
/// commas, e.g.
/// `https://ims-na1.adobelogin.com=http://127.0.0.1:9001,https://analytics.adobe.io=http://127.0.0.1:9001`.
class Endpoints {
 public:
  Endpoints() = default;
  /// Throws Error `invalid_endpoints` (configuration) that names the pair that is wrong.
  static Endpoints parse(std::string_view text);
  /// From ADIT_ENDPOINTS; none if it is unset. The log says once that requests go there, when the first one does.
  static Endpoints from_process();

  void add(std::string_view from_origin, std::string_view to_origin);
  /// The URL to really use; the same one where no pair matches its origin (scheme, host without letter case, port with
  /// defaults).
  [[nodiscard]] std::string apply(std::string_view url) const;
  [[nodiscard]] bool empty() const { return routes_.empty(); }
  /// As ADIT_ENDPOINTS is written.
  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> routes_;
};

/// `scheme://host[:port]` in normal form (lower case, default port left out); throws Error `invalid_url` where `url` is
/// not an absolute http or https URL.
[[nodiscard]] std::string origin_of(std::string_view url);

/// Header fields in order; names compare without letter case (RFC 9110 section 5.1). A name may stand several times.
/// The values of fields that carry credentials are wiped when they are freed.
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
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  void remove(std::string_view name);
  /// The first value; nothing if there is none.
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

/// Whether the field carries a credential: `Authorization`, `Cookie`, `x-api-key`, names that speak of a token, secret
/// or password, and any field whose value is a bearer token or a JWT.
[[nodiscard]] bool is_credential(std::string_view name, std::string_view value);

class BodySource;
class Transport;
struct Streaming;

/// The answer to a Request. Its body, which may hold tokens, is wiped when it is freed.
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
  /// 200 to 299.
  [[nodiscard]] bool ok() const { return status_ >= 200 && status_ < 300; }
  [[nodiscard]] const Headers& headers() const { return headers_; }
  /// The first value of this header; `nullopt` if the answer does not have it.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const& { return headers_.get(name); }
  [[nodiscard]] std::optional<std::string> header(std::string_view name) && {
    const auto value = headers_.get(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
  }
  [[nodiscard]] const std::string& body() const { return body_; }
  /// The body as JSON. Throws Error `invalid_response_body` that tells what came instead (HTML, nothing, cut-off text).
  [[nodiscard]] json::value json() const;
  /// `Retry-After` in either form (RFC 9110 section 10.2.3), as a wait from `now`; never negative.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(std::chrono::sys_seconds now) const;
  /// The `Date` header (RFC 9110 section 6.6.1).
  [[nodiscard]] std::optional<std::chrono::sys_seconds> date() const;

 private:
  int status_ = 0;
  Headers headers_;
  std::string body_;
};

/// A request to be sent; built fluently, a value:
///
///     auto request = Request::get("https://analytics.adobe.io/discovery/me").query("limit", "10");
///     request.header("accept", "application/json");  // on a variable, too
class Request {
 public:
  Request(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}
  static Request get(std::string url) { return {"GET", std::move(url)}; }
  static Request post(std::string url) { return {"POST", std::move(url)}; }
  static Request put(std::string url) { return {"PUT", std::move(url)}; }
  static Request patch(std::string url) { return {"PATCH", std::move(url)}; }
  static Request del(std::string url) { return {"DELETE", std::move(url)}; }

  /// Adds a field to the URL's query, before its fragment; name and value are percent-encoded (RFC 3986 section 2.1).
  Request& query(std::string_view name, std::string_view value) &;
  /// Sets a header instead of those of that name. CR, LF or NUL in name or value throws Error `invalid_request`.
  Request& header(std::string name, std::string value) &;
  /// Adds a header beside those of that name.
  Request& further_header(std::string name, std::string value) &;
  /// Sent without it, unless it is set later, even where the transport or an ApiClient would fill it in. Framing
  /// (Content-Length, Transfer-Encoding) cannot be left out.
  Request& without(std::string name) &;
  Request& bearer(const Secret& token) &;
  Request& json(const json::value& body) &;
  /// application/x-www-form-urlencoded. A field whose name says so (`client_secret`, `jwt_token`, `client_assertion`,
  /// …) makes the request one that carries a secret.
  Request& form(const std::vector<std::pair<std::string, Secret>>& fields) &;
  Request& body(std::string bytes, std::string content_type) &;
  /// A body that is read while it is sent. Copies of the request share the source.
  Request& body_from(std::shared_ptr<BodySource> source, std::string content_type) &;
  /// For this request instead of the client's total time-out.
  Request& timeout(std::chrono::milliseconds total) &;
  /// The exchange ends within this, too, if the client's own time-out is longer.
  Request& at_most(std::chrono::milliseconds total) &;
  /// A larger body in the answer is Error `response_too_large`, if the client's own limit is larger.
  Request& max_response_bytes(std::size_t bytes) &;
  /// Ends the exchange, within a tenth of a second, with Error `cancelled` when a stop is requested.
  Request& stop(std::stop_token token) &;

  // The same for a request that has no name yet. They return it by value, so that a reference to the result lives on.
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

  /// Sends it through Client::shared(), or the transport given.
  [[nodiscard]] Response send() const;
  [[nodiscard]] Response send(Transport& transport) const;

  [[nodiscard]] const std::string& method() const { return method_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const Headers& headers() const { return headers_; }
  /// What `without` has named.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// Whether the request itself decides on this header: by a value, or by leaving it out.
  [[nodiscard]] bool settles(std::string_view name) const;
  /// The body, wiped when the request is freed: forms hold secrets.
  [[nodiscard]] const Secret& body() const& { return body_; }
  /// Whether a header, a form's field or the URL's userinfo is a credential. `x-api-key` is none here: it names a
  /// client and proves nothing. Client sends such requests over https alone, except servers on this machine.
  [[nodiscard]] bool carries_secret() const;
  /// Nothing unless `body_from` set one.
  [[nodiscard]] const std::shared_ptr<BodySource>& source() const { return source_; }
  /// Whether it can be sent again, or at all: a source that has been read may have no way back to its first byte.
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

/// What carries a request to an answer: Client, or a fake in tests. Implementations are thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Throws Error `request_failed` (retryable: true where another try can help: refused, reset, timed out; false for
  /// TLS failures and bad URLs). HTTP statuses are no errors.
  virtual Response send(const Request& request) = 0;
  /// The same for bodies of any size, see include/adit/http.h. Unless overridden: `send`, and the answer's body to
  /// the sink in one piece.
  virtual Response stream(const Request& request, const Streaming& streaming);
};

/// Bodies that are not to be held in memory: a request's comes out of a BodySource, an answer's goes into a BodySink.
///
///     const auto sink = sink_to_descriptor(file, "report.zip");
///     const auto answer = client.stream(Request::post(url).bearer(token).body_from(source_from_file("query.csv"),
///                                                                                  "text/csv"),
///                                       {.sink = sink.get(), .stop = [&] { return interrupted(); }});
///     if (!answer.ok()) explain(answer.body());  // the sink took nothing of it
///
/// Sources and sinks are used by the thread that sends and by one exchange at a time. What they throw ends the exchange
/// and comes out of `stream` or `send` as it is.

/// Where a request's body comes from.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// In bytes, from the first to the last; nothing if it is not known before the end: HTTP/1.1 then sends chunks.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  /// Writes the next bytes to the front of `buffer` and returns how many; 0 only at the end.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Whether `rewind` works now: for a file always, for a pipe as long as nothing has been read.
  [[nodiscard]] virtual bool rewindable() const = 0;
  /// The next `read` begins at the first byte. Called before each sending, the first one included, and where a
  /// connection broke before anything came back.
  virtual void rewind() = 0;
  /// Where `read` may have to wait for others (a pipe, a terminal): the descriptor that is readable when it would not.
  /// The exchange looks after the connection, time-outs and `Streaming::stop` meanwhile. -1: it never waits for long.
  [[nodiscard]] virtual int descriptor() const { return -1; }
};

/// A regular file of any size, or a pipe or device below /dev or /proc/self/fd. Throws Error `file_unreadable`
/// (configuration). Reading throws it as well.
[[nodiscard]] std::shared_ptr<BodySource> source_from_file(const std::string& path);
/// What comes from the descriptor from its present offset on, such as standard input; it stays open and has to until
/// the sending is over. `name` is for messages: "standard input".
[[nodiscard]] std::shared_ptr<BodySource> source_from_descriptor(int descriptor, std::string name);

/// Where an answer's body goes.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// The answer has come as far as its headers; called once an exchange, for answers without a body too, not for
  /// redirects that are followed. True: the body comes to `write`. False: it goes into the Response, within
  /// `ClientOptions::max_response_bytes`, as an error's should that is to be shown.
  virtual bool open(int status, const Headers& headers) = 0;
  /// The next bytes, decoded (gzip, …), at most 16 KiB. As long as this call takes, the server has to wait.
  virtual void write(std::string_view bytes) = 0;
};

/// Takes the bodies of answers 200 to 299 and leaves others to the Response. The descriptor stays open. Writing throws
/// Error `write_failed`, whose message names `name` and the system's reason; also `cancelled`, where `stop`, which is
/// asked while the reader on the other side (of a pipe) keeps it waiting, says so.
[[nodiscard]] std::unique_ptr<BodySink> sink_to_descriptor(int descriptor, std::string name,
                                                           std::function<bool()> stop = {});

/// How far an exchange has come, in bytes of the bodies as they cross the network (compressed, where they are).
struct Progress {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  /// Where they are known: the sizes that have been announced.
  std::optional<std::uint64_t> to_send;
  std::optional<std::uint64_t> to_receive;
};

/// How an exchange is streamed, followed and ended; each part may be left out.
struct Streaming {
  /// None: the answer's body goes into the Response.
  BodySink* sink = nullptr;
  /// Called by the thread that sends: about ten times a second, and once when the answer is whole.
  std::function<void(const Progress&)> progress{};
  /// Asked by the thread that sends, at least ten times a second from the first moment on; true ends the exchange with
  /// Error `cancelled`. A signal handler's flag serves.
  std::function<bool()> stop{};
};

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
  /// Judges idle and total time-outs; has to outlive the client. A connection's making goes by the system's clock.
  const Clock* clock = &Clock::system();
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
