#include "console/access_check.h"

#include <utility>

#include "adit/json.h"

#include "base/text/text.h"

namespace adit::console {
namespace {

constexpr std::string_view kLoggedOut = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>adit console</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>This browser is not known here</h1>
<p>Open the console with the whole URL that the command printed when it started. The URL contains a token.</p></body></html>
)";

http::ServerResponse refused(int status, std::string_view code, std::string_view message) {
  return http::ServerResponse::json(status, json::object{{"error", code}, {"message", message}});
}

std::string own_origin(const http::ServerRequest& request) {
  return cat(request.secure ? "https://" : "http://", request.headers.get_or_empty("host"));
}

/// Whether a browser says that another page sent the request.
bool is_from_elsewhere(const http::ServerRequest& request) {
  const auto origin = request.headers.get("origin");
  if (origin) {
    const auto theirs = http::WebOrigin::parse(*origin);
    return !theirs || theirs != http::WebOrigin::parse(own_origin(request));
  }
  const auto site = request.headers.get_or_empty("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none";
}

/// `adit_console_9080`
std::string cookie_name(const http::ServerRequest& request) {
  const auto own = http::WebOrigin::parse(own_origin(request));
  return cat("adit_console_", own ? own->port : 0);
}

/// The value of the session's cookie; the last one if the browser sends several.
std::optional<std::string> cookie_of(const http::ServerRequest& request) {
  const auto wanted = cookie_name(request);
  std::optional<std::string> found;
  for (const auto& [name, value] : request.headers) {
    if (!equals_ignoring_case(name, "cookie")) continue;
    for (const auto& pair : split_list(value, ';')) {
      const auto equals = pair.find('=');
      if (equals != std::string::npos && trim(pair.substr(0, equals)) == wanted)
        found = trim(std::string_view(pair).substr(equals + 1));
    }
  }
  return found;
}

bool changes_something(const http::ServerRequest& request) { return request.method != "GET"; }

}  // namespace

Keys make_keys() { return {.token = random_token(), .session = random_token()}; }

void add_page_headers(http::ServerResponse& response) {
  response.headers.set(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Cache-Control", "no-store");
}

bool AccessCheck::is_known(const http::ServerRequest& request) const {
  const auto cookie = cookie_of(request);
  return cookie && Secret(*cookie) == keys_.session;
}

std::optional<http::ServerResponse> AccessCheck::log_in(const http::ServerRequest& request) const {
  if (request.method != "GET" || request.path != "/__adit/" || request.query.empty()) return std::nullopt;
  for (const auto& [name, value] : http::parse_query(request.query)) {
    if (name != "token" || !(Secret(value) == keys_.token || keys_.one_time->take(value))) continue;
    http::ServerResponse response;
    response.status = 303;
    response.headers.set("Location", "/__adit/");
    response.headers.set("Set-Cookie",
                         cat(cookie_name(request), "=", keys_.session.reveal(),
                             "; Path=/__adit/; HttpOnly; SameSite=Strict", request.secure ? "; Secure" : ""));
    return response;
  }
  return std::nullopt;
}

std::optional<http::ServerResponse> AccessCheck::answer(const http::ServerRequest& request) const {
  if (const auto refusal = access_.denial(request)) return refused(403, "refused", refusal->message);
  if (is_from_elsewhere(request) && !(request.method == "GET" && request.path == "/__adit/"))
    return refused(403, "refused", "Another page sent this request. Only the console itself may use this API.");
  if (auto response = log_in(request)) return response;
  if (!is_known(request)) {
    if (request.method == "GET" && request.path == "/__adit/")
      return http::ServerResponse::text(401, std::string(kLoggedOut), "text/html; charset=utf-8");
    return refused(401, "unknown_browser",
                   "This browser is not logged in. Open the console with the URL that the command printed.");
  }
  if (changes_something(request) && (request.method != "POST" || !request.headers.has("x-adit-console")))
    return refused(403, "refused", "A request that changes something must be a POST with the header x-adit-console.");
  return std::nullopt;
}

}  // namespace adit::console
