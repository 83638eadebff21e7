#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adit/http_server.h"
#include "adit/secret.h"

#include "console/one_time_tokens.h"
#include "http/server/local_access.h"

namespace adit::console {

/// What lets a browser in. The token stands in the URL that the command prints, and so in the terminal's history and
/// the browser's; it is another one at each start. The session is the cookie that it is exchanged for, which is never
/// shown: where it can stay the same after a restart, a page that is open goes on, and an old URL opens nothing.
struct Keys {
  Secret token;
  Secret session;
  /// For the browser that the command itself starts.
  std::shared_ptr<OneTimeTokens> one_time = std::make_shared<OneTimeTokens>();
};
/// All random.
[[nodiscard]] Keys make_keys();

/// Who may use the console: the browser that opened the URL with the token.
///
///  1. The request must be one that the server answers at all (http/server/local_access.h: Host, Origin).
///  2. If a page sent it, the page must be the console itself. `localhost:3000` is the same site as the console for a
///     browser, which therefore sends it the cookie; so the origin is compared, and not the site.
///  3. `GET /__adit/?token=…`, with the token or a one-time token, sets the session as a cookie and redirects to the
///     address without it. The cookie's name has the server's port: a browser sends the cookies of one host to all of
///     its ports.
///  4. Everything else needs the cookie, or is answered 401.
///  5. What changes something is a POST with the header `x-adit-console`, which a page of another origin cannot send
///     without being asked for first (Fetch standard, CORS-safelisted request headers).
///
/// Immutable.
class Admission {
 public:
  Admission(Keys keys, http::LocalAccess access) : keys_(std::move(keys)), access_(std::move(access)) {}

  /// The answer that keeps a request out, or logs it in; `nullopt` if it may go on.
  [[nodiscard]] std::optional<http::ServerResponse> answer(const http::ServerRequest& request) const;
  /// Whether the request has the cookie.
  [[nodiscard]] bool is_known(const http::ServerRequest& request) const;

 private:
  [[nodiscard]] std::optional<http::ServerResponse> log_in(const http::ServerRequest& request) const;

  Keys keys_;
  http::LocalAccess access_;
};

/// The headers that everything of the console is answered with: nothing is loaded from elsewhere, nothing is framed or
/// kept.
void add_page_headers(http::ServerResponse& response);

}  // namespace adit::console
