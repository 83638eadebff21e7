#pragma once

#include <string>
#include <string_view>

#include "adit/http.h"
#include "adit/json.h"

namespace adit::http {

/// What a response's body is.
enum class BodyKind {
  empty,
  html,
  /// XML, or HTML that does not begin like a page.
  markup,
  json,
  /// JSON whose end is missing.
  incomplete_json,
  /// Text that is not JSON, although the content type names no other form.
  malformed_json,
  /// More bytes than the limits allow.
  too_large,
  /// A form that only its content type names.
  other_type,
};

/// Decides what a body is: by its text, or by its content type if the text does not show it.
[[nodiscard]] BodyKind body_kind(const Response& response, const JsonLimits& limits = {.wiped = true});
/// Describes the body for messages: "an HTML page". Does not quote the body, because it may contain secrets.
[[nodiscard]] std::string describe_body(const Response& response, BodyKind kind);
/// Whether the body is a page: a proxy, a gateway or a login portal may have sent it instead of the API.
[[nodiscard]] inline bool is_page(BodyKind kind) { return kind == BodyKind::html || kind == BodyKind::markup; }

}  // namespace adit::http
