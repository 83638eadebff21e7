#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/base/json.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit::http {

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
  /// The first value; nothing where there is none.
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

/// A request to be sent; built fluently, a value.
class Request {
 public:
  Request(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}
  static Request get(std::string url) { return {"GET", std::move(url)}; }
  static Request post(std::string url) { return {"POST", std::move(url)}; }
  static Request put(std::string url) { return {"PUT", std::move(url)}; }
  static Request del(std::string url) { return {"DELETE", std::move(url)}; }

  /// A header with CR, LF or NUL in name or value throws Error `invalid_request`.
  /// Takes the place of what has been set under that name.
  Request&& header(std::string name, std::string value) &&;
  /// Stands beside what has been set under that name.
  Request&& further_header(std::string name, std::string value) &&;
  /// Sent without it, unless it is set later, even where the transport or an ApiClient would fill it in. Framing
  /// (Content-Length, Transfer-Encoding) cannot be left out.
  Request&& without(std::string name) &&;
  Request&& bearer(const Secret& token) &&;
  Request&& json(const json::value& body) &&;
  /// application/x-www-form-urlencoded. A field whose name says so (`client_secret`, `jwt_token`, `client_assertion`,
  /// …) makes the request one that carries a secret.
  Request&& form(const std::vector<std::pair<std::string, Secret>>& fields) &&;
  Request&& body(std::string bytes, std::string content_type) &&;
  /// A body that is read while it is sent (adit/http/body_stream.h). Copies of the request share the source.
  Request&& body_from(std::shared_ptr<BodySource> source, std::string content_type) &&;
  /// For this request instead of the client's total time-out.
  Request&& timeout(std::chrono::milliseconds total) &&;
  /// The exchange ends within this, too, where the client's own time-out is longer.
  Request&& at_most(std::chrono::milliseconds total) &&;
  /// A larger body in the answer is Error `response_too_large`, where the client's own limit is larger.
  Request&& max_response_bytes(std::size_t bytes) &&;
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
  /// client and proves nothing. Client sends such requests over https alone, but for servers on this machine.
  [[nodiscard]] bool carries_secret() const;
  /// Nothing unless `body_from` set one.
  [[nodiscard]] const std::shared_ptr<BodySource>& source() const { return source_; }
  /// Whether it can be sent again, or at all: a source that has been read may have no way back to its first byte.
  [[nodiscard]] bool repeatable() const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> timeout() const& { return timeout_; }
  [[nodiscard]] std::optional<std::chrono::milliseconds> at_most() const& { return at_most_; }
  [[nodiscard]] std::optional<std::size_t> max_response_bytes() const& { return max_response_bytes_; }

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
};

/// What carries a request to an answer: Client, or a fake in tests. Implementations are thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Throws Error `request_failed` (retryable: true where another try can help: refused, reset, timed out; false for
  /// TLS failures and bad URLs). HTTP statuses are no errors.
  virtual Response send(const Request& request) = 0;
  /// The same for bodies of any size, see adit/http/body_stream.h. Unless overridden: `send`, and the answer's body to
  /// the sink in one piece.
  virtual Response stream(const Request& request, const Streaming& streaming);
};

}  // namespace adit::http

#pragma GCC visibility pop
