#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/http_server.h"

namespace adit::http {

/// An origin (RFC 6454) with scheme http or https, in normal form: lower case, without a dot at the end, an IPv6
/// address in its shortest spelling, and the port always set.
struct WebOrigin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;

  /// Returns `nullopt` unless `text` is `http(s)://HOST[:PORT]` and nothing more.
  static std::optional<WebOrigin> parse(std::string_view text);
  /// Leaves out the scheme's default port.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const WebOrigin&, const WebOrigin&) = default;
};

/// Decides which requests a server that serves only one machine answers, so that a web page that the user visits cannot
/// use it. Browsers send these headers, and a page cannot change them:
///
///  1. `Host` must name this machine. If a site lets its name resolve to 127.0.0.1 (DNS rebinding), the browser sends
///     that site's name.
///  2. `Origin`, if present, must be an origin on this machine (`http://localhost:3000`), the server's own, or allowed.
///  3. Without `Origin`, `Sec-Fetch-Site: cross-site` is refused, unless `Referer` names an origin that rule 2 accepts.
///     Links, images and frames of other pages send no `Origin`.
///
/// Other programs (curl, Node.js) send neither `Origin` nor `Sec-Fetch-Site`, so their requests are answered.
///
/// Sources: Fetch standard, "Origin header"; W3C Fetch Metadata Request Headers, section 2.4. Immutable.
class LocalAccess {
 public:
  /// `listens_at` is the address or name that the server listens at. `own_names` are its other names; `*.example.com`
  /// means every name below example.com. Pages of `allowed_origins` may call the server, and their hosts count as names
  /// of the server. Throws Error `invalid_origin` (configuration).
  explicit LocalAccess(std::string_view listens_at = "127.0.0.1", const std::vector<std::string>& allowed_origins = {},
                       std::vector<std::string> own_names = {});

  struct Denial {
    std::string message;
    std::string hint;
  };
  /// Returns why the request must not be answered, or `nullopt` if it may be.
  [[nodiscard]] std::optional<Denial> denial(const ServerRequest& request) const;
  /// The same with only rules 2 and 3, for servers that may be called by any name.
  [[nodiscard]] std::optional<Denial> page_denial(const ServerRequest& request) const;

 private:
  [[nodiscard]] std::optional<Denial> host_denial(const ServerRequest& request) const;
  [[nodiscard]] bool is_own_name(const std::string& host) const;
  [[nodiscard]] bool is_allowed(const WebOrigin& origin, const ServerRequest& request) const;

  /// In normal form.
  std::vector<std::string> names_;
  std::vector<WebOrigin> origins_;
  /// Other machines can connect, and may use names that this machine does not know.
  bool open_ = false;
};

/// Whether `host` names this machine: 127.0.0.0/8, ::1 (with or without brackets), `localhost` and the names below it
/// (RFC 6761 section 6.3). Secrets may be sent there without TLS. The system's resolver may ask DNS for such names, but
/// libcurl resolves them to the loopback addresses itself (since 7.77; adit needs 7.88). Names with a dot at the end do
/// not count, because libcurl does not do so for all of them.
[[nodiscard]] bool is_this_machine(std::string_view host);

}  // namespace adit::http
