#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/http_server.h"
#include "adit/secret.h"

#include "console/admission.h"
#include "console/event_stream.h"

namespace adit::console {

/// Below this path a server's console lies.
inline constexpr std::string_view kRoot = "/__adit";

/// What a console shows and changes: `path` is what follows `/__adit/api/`. Both return `nullopt` for a path that they
/// do not have. They may throw Error, which is answered as 400.
class Content {
 public:
  virtual ~Content() = default;
  [[nodiscard]] virtual std::optional<http::ServerResponse> show(std::string_view path) = 0;
  [[nodiscard]] virtual std::optional<http::ServerResponse> change(std::string_view path,
                                                                   const http::ServerRequest& request) = 0;
  /// For what an Error says; a content that knows secrets hides them.
  [[nodiscard]] virtual std::string shown_text(std::string text) const { return text; }
};

/// The browser console of a server (docs/console.md): login, page, events, and the data of a `Content`, which outlives
/// it. Thread-safe.
class Site {
 public:
  Site(Keys keys, http::LocalAccess access, Content& content);

  [[nodiscard]] static bool owns(std::string_view path);
  [[nodiscard]] http::ServerResponse answer(const http::ServerRequest& request);
  /// Takes a request for events, which may wait long and needs no thread; false if the request is another one, or may
  /// not be answered.
  bool stream(const http::ServerRequest& request, const http::Reply& reply);
  /// Whether the request comes from a browser that has logged in.
  [[nodiscard]] bool is_known(const http::ServerRequest& request) const { return admission_.is_known(request); }

  [[nodiscard]] EventStream& events() { return events_; }
  /// From now on everyone who waits for events is answered at once, so that the server can end.
  void close() { events_.close(); }

 private:
  [[nodiscard]] http::ServerResponse page_or_data(const http::ServerRequest& request);

  Admission admission_;
  Content& content_;
  EventStream events_;
};

/// The URL that opens the console of the server at `origin`.
[[nodiscard]] std::string url_of(std::string_view origin, const Secret& token);

/// `{"error": "bad_request", "message": …}`
[[nodiscard]] http::ServerResponse bad_request(std::string_view message);

}  // namespace adit::console
