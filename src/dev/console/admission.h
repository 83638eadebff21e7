#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/http_server.h"
#include "adit/secret.h"

#include "http/server/local_access.h"

namespace adit::dev {

/// Who may use the console: the browser that opened the URL with the token.
///
///  1. The request must be one that the server answers at all (http/server/local_access.h: Host, Origin).
///  2. If a page sent it, the page must be the console itself. `localhost:3000` is the same site as the console for a
///     browser, which therefore sends it the cookie; so the origin is compared, and not the site.
///  3. `GET /__adit/?token=…` sets the token as a cookie and redirects to the address without it.
///  4. Everything else needs the cookie, or is answered 401.
///  5. What changes something is a POST with the header `x-adit-console`, which a page of another origin cannot send
///     without being asked for first (Fetch standard, CORS-safelisted request headers).
///
/// Immutable.
class ConsoleAdmission {
 public:
  ConsoleAdmission(Secret token, http::LocalAccess access) : token_(std::move(token)), access_(std::move(access)) {}

  /// The answer that keeps a request out, or logs it in; `nullopt` if it may go on.
  [[nodiscard]] std::optional<http::ServerResponse> answer(const http::ServerRequest& request) const;
  /// Whether the request has the cookie.
  [[nodiscard]] bool is_known(const http::ServerRequest& request) const;

 private:
  [[nodiscard]] std::optional<http::ServerResponse> log_in(const http::ServerRequest& request) const;

  Secret token_;
  http::LocalAccess access_;
};

/// The headers that everything of the console is answered with: nothing is loaded from elsewhere, nothing is framed or
/// kept.
void add_console_headers(http::ServerResponse& response);

}  // namespace adit::dev
