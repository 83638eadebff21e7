#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::dev {

/// What a web action's answer is made into. OpenWhisk's WebActions.scala, mediaTranscoders.
enum class WebExtension { http, json, html, svg, text };

/// What stands behind `/api/v1/web/`.
struct WebPath {
  std::string package;
  std::string action;
  WebExtension extension = WebExtension::http;
  /// `__ow_path`: what follows the action, with its slash, percent-encoded as it came; perhaps empty.
  std::string rest;
};

/// `text` is `PACKAGE/ACTION[.EXTENSION][/REST]`, percent-encoded. An ending that is none of the five belongs to the
/// action's name. Nothing if a part is missing, is no entity's name, or is malformed.
[[nodiscard]] std::optional<WebPath> parse_web_path(std::string_view text);

/// The other way round: where `PACKAGE/ACTION` is reached, percent-encoded, below `/api/v1/web/` or, an action that is
/// no web action, below `/api/v1/`. A web action whose name ends as if with one of the five extensions is named with
/// `.http` behind it.
[[nodiscard]] std::string path_to(std::string_view full_name, bool web);

/// Percent-decoding of a path's part (RFC 3986 section 2.1), where `+` is itself. Nothing for malformed text and for
/// a NUL or a slash, percent-encoded or not.
[[nodiscard]] std::optional<std::string> decode_segment(std::string_view text);

}  // namespace adit::dev
