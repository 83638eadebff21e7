#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/http_server.h"

namespace adit::http {

/// An origin (RFC 6454) with scheme http or https, in normal form: lower case, no dot at the end, the address in its
/// shortest spelling, the port always set.
struct Origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;

  /// Returns `nullopt` unless `text` is `http(s)://HOST[:PORT]` and nothing more.
  static std::optional<Origin> parse(std::string_view text);
  /// Without the scheme's own port.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Decides which requests a server for one machine answers, so that a web page that the user happens to visit cannot
/// use it. Browsers say where a request comes from, and a page cannot change that:
///
///  1. `Host` must name this machine. A page that lets its own name point to 127.0.0.1 (DNS rebinding) sends its name.
///  2. `Origin`, where there is one, must be of this machine (`http://localhost:3000`), the server's own, or allowed.
///  3. Without `Origin`, `Sec-Fetch-Site: cross-site` is refused unless `Referer` names such an origin: that is how
///     links, images and frames of other pages arrive.
///
/// Requests of other programs (curl, Node.js) have neither Origin nor Sec-Fetch-Site and are answered.
///
/// Sources: Fetch standard, "Origin header"; W3C Fetch Metadata Request Headers, section 2.4. Immutable.
class LocalAccess {
 public:
  /// `listens_at` is the address or name that the server listens at; `own_names` are further names of its;
  /// `*.example.com` among them is every name below example.com. Pages of
  /// `allowed_origins` may call it, and their hosts may be its name. Throws Error `invalid_origin` (configuration).
  explicit LocalAccess(std::string_view listens_at = "127.0.0.1", const std::vector<std::string>& allowed_origins = {},
                       std::vector<std::string> own_names = {});

  struct Denial {
    std::string message;
    std::string hint;
  };
  /// Returns why the request must not be answered; `nullopt` if it may.
  [[nodiscard]] std::optional<Denial> denial(const ServerRequest& request) const;
  /// The same by rules 2 and 3 alone, for servers that are called by any name.
  [[nodiscard]] std::optional<Denial> page_denial(const ServerRequest& request) const;

 private:
  [[nodiscard]] std::optional<Denial> host_denial(const ServerRequest& request) const;
  [[nodiscard]] bool is_own_name(const std::string& host) const;
  [[nodiscard]] bool is_allowed(const Origin& origin, const ServerRequest& request) const;

  /// In normal form.
  std::vector<std::string> names_;
  std::vector<Origin> origins_;
  /// Others than this machine can come in, by names that are not known here.
  bool open_ = false;
};

/// Whether `host` names this machine and no other: 127.0.0.0/8, ::1, `localhost` and the names below it (RFC 6761,
/// 6.3); IPv6 addresses with or without brackets. Secrets are sent there without TLS. The system's resolver may ask DNS
/// for such names; adit's client never does, because libcurl gives them the loopback addresses itself (since 7.77; adit
/// needs 7.88). It does not know all of them with a dot at the end, so those are not counted.
[[nodiscard]] bool is_this_machine(std::string_view host);

}  // namespace adit::http
