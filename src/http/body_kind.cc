#include "http/body_kind.h"

#include "base/json/json_reader.h"
#include "base/text/text.h"

namespace adit::http {
namespace {

bool begins_like_html(std::string_view body) {
  const auto start = to_lower(body.substr(0, 64));
  return start.starts_with("<!doctype") || start.starts_with("<html") || start.starts_with("<head") ||
         start.starts_with("<body") || start.starts_with("<h1");
}

/// Returns the media type without its parameters; empty if there is none, or it is malformed (RFC 6838 section 4.2).
std::string media_type(const Response& response) {
  const auto field = response.headers().get_or_empty("content-type");
  auto type = to_lower(trim(field.substr(0, field.find(';'))));
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789/!#$&-^_.+";
  constexpr std::size_t kLongest = 80;
  return type.size() > kLongest || type.find_first_not_of(kCharacters) != std::string::npos ? std::string() : type;
}

}  // namespace

BodyKind body_kind(const Response& response, const JsonLimits& limits) {
  const auto text = trim(response.body());
  if (text.empty()) return BodyKind::empty;
  if (begins_like_html(text)) return BodyKind::html;
  if (text.starts_with('<')) return BodyKind::markup;
  if (text.size() > limits.max_bytes) return BodyKind::too_large;
  JsonProblem problem;
  if (read_json(text, limits, &problem)) return BodyKind::json;
  if (problem.is_incomplete) return BodyKind::incomplete_json;
  const auto type = media_type(response);
  if (type.find("html") != std::string::npos) return BodyKind::html;
  return type.empty() || type.find("json") != std::string::npos ? BodyKind::malformed_json : BodyKind::other_type;
}

std::string describe_body(const Response& response, BodyKind kind) {
  switch (kind) {
    case BodyKind::empty:
      return "an empty body";
    case BodyKind::html:
      return "an HTML page";
    case BodyKind::markup:
      return "XML or HTML";
    case BodyKind::json:
      return "JSON of an unexpected form";
    case BodyKind::incomplete_json:
      return cat("JSON that is cut off after ", response.body().size(), " bytes");
    case BodyKind::malformed_json:
      return "text that is not JSON";
    case BodyKind::too_large:
      return cat("a body that is too large (", response.body().size(), " bytes)");
    case BodyKind::other_type:
      break;
  }
  return cat("a body of type ", media_type(response));
}

}  // namespace adit::http
