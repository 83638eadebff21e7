#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/http_server.h"
#include "adit/secret.h"

#include "console/access_check.h"
#include "console/event_stream.h"

namespace adit::console {

/// The console is served below this path.
inline constexpr std::string_view kRoot = "/__adit";

/// The data of a console. `path` is the part of the URL's path after `/__adit/api/`. `show` answers GET, `change`
/// answers POST. Both return `nullopt` for an unknown path. An Error that they throw is answered with 400.
class Content {
 public:
  virtual ~Content() = default;
  [[nodiscard]] virtual std::optional<http::ServerResponse> show(std::string_view path) = 0;
  [[nodiscard]] virtual std::optional<http::ServerResponse> change(std::string_view path,
                                                                   const http::ServerRequest& request) = 0;
  /// Hides secrets in an Error's message.
  [[nodiscard]] virtual std::string shown_text(std::string text) const { return text; }
};

/// The browser console of a server (docs/console.md): login, page, events, and the data of a `Content`, which must
/// outlive it. Thread-safe.
class Site {
 public:
  Site(Keys keys, http::LocalAccess access, Content& content);

  /// Whether the path belongs to the console.
  [[nodiscard]] static bool owns(std::string_view path);
  [[nodiscard]] http::ServerResponse answer(const http::ServerRequest& request);
  /// Answers a request for events, perhaps later, without a thread. Returns false if the request is for something else,
  /// or is not allowed.
  bool stream(const http::ServerRequest& request, const http::Reply& reply);
  /// Whether the request comes from a browser that has logged in.
  [[nodiscard]] bool is_known(const http::ServerRequest& request) const { return access_check_.is_known(request); }

  [[nodiscard]] EventStream& events() { return events_; }
  /// Answers all requests that wait for events, and later ones at once, so that the server can end.
  void close() { events_.close(); }

 private:
  [[nodiscard]] http::ServerResponse page_or_data(const http::ServerRequest& request);

  AccessCheck access_check_;
  Content& content_;
  EventStream events_;
};

/// The URL that opens the console of the server at `origin`, with the token.
[[nodiscard]] std::string url_of(std::string_view origin, const Secret& token);

/// `{"error": "bad_request", "message": …}`
[[nodiscard]] http::ServerResponse bad_request(std::string_view message);

}  // namespace adit::console
