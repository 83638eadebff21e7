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

/// The secrets that let a browser in. The token is part of the URL that the command prints, so it remains in the
/// history of the terminal and of the browser; each start makes a new one. A browser exchanges it for the session,
/// which is the value of a cookie and is never shown. If the session stays the same after a restart, an open page
/// continues to work, while an old URL does not.
struct Keys {
  Secret token;
  Secret session;
  /// The tokens of the URLs with which the command itself starts a browser.
  std::shared_ptr<OneTimeTokens> one_time = std::make_shared<OneTimeTokens>();
};
/// Makes random keys.
[[nodiscard]] Keys make_keys();

/// Decides who may use the console: a browser that opened the URL with the token.
///
///  1. The server must allow the request's Host and Origin (http/server/local_access.h).
///  2. If a page sent the request, the page must be the console itself. The origin is compared, not the site: for a
///     browser, `localhost:3000` is the same site as the console, so it sends that page's requests with the cookie.
///  3. `GET /__adit/?token=…`, with the token or a one-time token, sets the session as a cookie and redirects to the
///     address without the token. The cookie's name contains the server's port, because a browser sends a host's
///     cookies to all of its ports.
///  4. Any other request needs the cookie. Without it the answer is 401.
///  5. A request that changes something must be a POST with the header `x-adit-console`. A page of another origin can
///     send this header only after a preflight request (Fetch standard, CORS-safelisted request headers).
///
/// Immutable.
class AccessCheck {
 public:
  AccessCheck(Keys keys, http::LocalAccess access) : keys_(std::move(keys)), access_(std::move(access)) {}

  /// The response that refuses the request or logs the browser in; `nullopt` if the request is allowed.
  [[nodiscard]] std::optional<http::ServerResponse> answer(const http::ServerRequest& request) const;
  /// Whether the request has the session's cookie.
  [[nodiscard]] bool is_known(const http::ServerRequest& request) const;

 private:
  [[nodiscard]] std::optional<http::ServerResponse> log_in(const http::ServerRequest& request) const;

  Keys keys_;
  http::LocalAccess access_;
};

/// Adds the headers of every response of the console: the page loads nothing from other servers, cannot be framed, and
/// is not cached.
void add_page_headers(http::ServerResponse& response);

}  // namespace adit::console
