#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::dev {

/// The format into which a web action's result is converted (OpenWhisk's WebActions.scala, mediaTranscoders).
enum class WebExtension { http, json, html, svg, text };

/// The path of a URL after `/api/v1/web/`.
struct WebPath {
  std::string package;
  std::string action;
  WebExtension extension = WebExtension::http;
  /// `__ow_path`: the path after the action, with its leading slash, percent-encoded as it was received. May be empty.
  std::string rest;
};

/// Reads `PACKAGE/ACTION[.EXTENSION][/REST]`, percent-encoded. Any ending other than the five extensions belongs to the
/// action's name. Returns `nullopt` if a part is missing, malformed, or not an entity's name.
[[nodiscard]] std::optional<WebPath> parse_web_path(std::string_view text);

/// The inverse: returns the URL path of `PACKAGE/ACTION`, percent-encoded, below `/api/v1/web/` for a web action,
/// otherwise below `/api/v1/`. If the name of a web action ends like one of the five extensions, `.http` is appended.
[[nodiscard]] std::string path_to(std::string_view full_name, bool web);

/// Percent-decodes a segment of a path (RFC 3986 section 2.1); `+` stays as it is. Returns `nullopt` if the text is
/// malformed or contains NUL or a slash, percent-encoded or not.
[[nodiscard]] std::optional<std::string> decode_segment(std::string_view text);

}  // namespace adit::dev
