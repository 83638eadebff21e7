#include "dev/web/answer.h"

#include <charconv>
#include <cmath>

#include "adit/base64.h"

#include "base/text/text.h"
#include "dev/entity/messages.h"
#include "dev/web/accept.h"
#include "dev/web/media_type.h"
#include "dev/web/platform_json.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

http::ServerResponse invalid_media(std::string_view type) { return platform_error(400, messages::invalid_media(type)); }

http::ServerResponse with_type(int status, http::Headers headers, std::string body, std::string type) {
  headers.set("Content-Type", std::move(type));
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

const json::value* member(const json::object& object, std::string_view first, std::string_view second) {
  const auto* value = object.if_contains(first);
  return value != nullptr ? value : object.if_contains(second);
}

/// Rejects characters that could end the header or begin another one.
bool is_sendable(std::string_view name, std::string_view value) {
  for (const char c : name)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f || c == ':') return false;
  return !name.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// Returns false if the value is not a string, number, boolean or array of these.
bool add_header(http::Headers& headers, std::string_view name, const json::value& value) {
  if (const auto* all = value.if_array()) {
    for (const auto& one : *all)
      if (!add_header(headers, name, one)) return false;
    return true;
  }
  std::string text;
  if (value.is_string())
    text = value.get_string();
  else if (value.is_number() || value.is_bool())
    text = to_json(value);
  else
    return false;
  if (!is_sendable(name, text)) return false;
  headers.add(std::string(name), std::move(text));
  return true;
}

std::optional<http::Headers> headers_of(const json::object& result) {
  http::Headers headers;
  const auto* given = result.if_contains("headers");
  if (given == nullptr) return headers;
  if (!given->is_object()) return std::nullopt;
  for (const auto& [name, value] : given->get_object())
    if (!add_header(headers, name, value)) return std::nullopt;
  return headers;
}

/// Returns the value as a whole number that is a valid final HTTP status, or 0.
int status_from(const json::value& value) {
  double number = 0;
  if (const auto* text = value.if_string()) {
    int whole = 0;
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, whole);
    if (read.ec != std::errc() || read.ptr != end) return 0;
    number = whole;
  } else if (value.is_number()) {
    number = value.to_number<double>();
  }
  return number >= 200 && number <= 999 && std::floor(number) == number ? static_cast<int>(number) : 0;
}

/// Decodes base64 as OpenWhisk's Exec.isBinaryCode and Java's decoder do: surrounding white space is ignored, and
/// padding may be missing.
std::optional<std::string> decoded(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes && text.size() % 4 > 1 && text.find('=') == std::string_view::npos)
    bytes = base64_decode(cat(text, std::string(4 - text.size() % 4, '=')));
  return bytes;
}

http::ServerResponse text_answer(int status, http::Headers headers, std::string_view body,
                                 const std::optional<MediaType>& given) {
  const auto type = given.value_or(MediaType{.name = "text/html", .parameters = {}});
  std::string bytes(body);
  if (type.is_json_family()) {
    if (auto legacy = base64_decode(trim(body))) bytes = *std::move(legacy);
  } else if (type.is_binary()) {
    auto binary = decoded(body);
    if (!binary) return platform_error(400, messages::kContentTypeMismatch);
    bytes = *std::move(binary);
  }
  return with_type(status, std::move(headers), std::move(bytes), type.to_string());
}

http::ServerResponse json_answer(int status, http::Headers headers, const json::value& body,
                                 const std::optional<MediaType>& given) {
  if (given && !given->is_json_family()) return platform_error(400, messages::kContentTypeMismatch);
  const bool plain = !given || given->is("application/json");
  return with_type(status, std::move(headers), plain ? to_json(body) : to_platform_json(body),
                   plain ? std::string("application/json") : given->to_string());
}

/// Whether the error is an exception in the form in which the Node.js runtime reports it. By its source code,
/// OpenWhisk's controller would take such an object for an HTTP answer without a body (204, a success). Adobe's
/// development server and end-to-end tests ("web action throws an exception (400)") show that Adobe I/O Runtime does
/// not.
bool is_thrown_error(const json::object& error) {
  const auto is_text = [&error](std::string_view name) {
    const auto* value = error.if_contains(name);
    return value != nullptr && value->is_string();
  };
  return is_text("name") && is_text("message") && is_text("stack") && !error.contains("body");
}

http::ServerResponse as_http(const json::value& result) {
  const auto* object = result.if_object();
  if (object == nullptr) return invalid_media("message/http");
  auto headers = headers_of(*object);
  const auto* code = object->if_contains("statusCode");
  const int status = code != nullptr ? status_from(*code) : 200;
  if (!headers || status == 0) return invalid_media("message/http");

  const auto* body = object->if_contains("body");
  const auto* text = body != nullptr ? body->if_string() : nullptr;
  const auto type_header = headers->get("content-type");
  std::optional<MediaType> type;
  if (type_header) type = MediaType::parse(*type_header);
  const bool unknown_type = type_header && !type;
  headers->remove("content-type");
  if (body == nullptr || body->is_null() || (text != nullptr && text->empty()))
    return {.status = code != nullptr ? status : 204, .headers = *std::move(headers), .body = {}};
  if (text == nullptr) {
    // Here OpenWhisk does not distinguish a malformed type from a wrong one.
    if (unknown_type) return platform_error(400, messages::kContentTypeMismatch);
    return json_answer(status, *std::move(headers), *body, type);
  }
  if (unknown_type) return platform_error(400, messages::kUnknownContentType);
  return text_answer(status, *std::move(headers), *text, type);
}

/// `.html` and `.svg`: the result is a string, or has a string as its member `body` or `field`.
http::ServerResponse as_document(const json::value& result, std::string_view field, std::string_view media_type,
                                 std::string content_type) {
  const auto* object = result.if_object();
  const auto* value = object != nullptr ? member(*object, "body", field) : &result;
  if (value == nullptr || !value->is_string()) return invalid_media(media_type);
  return with_type(200, {}, std::string(value->get_string()), std::move(content_type));
}

http::ServerResponse as_text(const json::value& result) {
  const auto* object = result.if_object();
  const auto* value = object != nullptr ? member(*object, "body", "text") : &result;
  if (value == nullptr) return platform_error(404, messages::kPropertyNotFound);
  return http::ServerResponse::text(200,
                                    value->is_string() ? std::string(value->get_string()) : to_platform_json(*value),
                                    "text/plain; charset=UTF-8");
}

http::ServerResponse projected(const json::value& result, WebExtension extension) {
  switch (extension) {
    case WebExtension::http:
      return as_http(result);
    case WebExtension::json:
      if (!result.is_object() && !result.is_array()) return invalid_media("application/json");
      return with_type(200, {}, to_json(result), "application/json");
    case WebExtension::html:
      return as_document(result, "html", "text/html", "text/html; charset=UTF-8");
    case WebExtension::svg:
      return as_document(result, "svg", "image/svg+xml", "image/svg+xml");
    case WebExtension::text:
      break;
  }
  return as_text(result);
}

http::ServerResponse activation_answer(ActivationStatus status, const json::value& result, WebExtension extension) {
  if (status == ActivationStatus::developer_error) return platform_error(400, messages::kErrorProcessing);
  if (status == ActivationStatus::success) return projected(result, extension);
  const auto* object = result.if_object();
  const auto* error = object != nullptr ? object->if_contains("error") : nullptr;
  if (error == nullptr) return platform_error(404, messages::kPropertyNotFound);
  const auto* thrown = error->if_object();
  if (extension == WebExtension::http && thrown != nullptr && is_thrown_error(*thrown))
    return invalid_media("message/http");
  return projected(*error, extension);
}

}  // namespace

/// Akka HTTP checks `Accept` only for successful answers that have a body.
http::ServerResponse web_answer(ActivationStatus status, const json::value& result, WebExtension extension,
                                std::string_view accept) {
  auto answer = activation_answer(status, result, extension);
  if (answer.status / 100 != 2) return answer;
  const auto type = answer.headers.get("content-type");
  if (!type || is_acceptable(accept, *type)) return answer;
  return platform_error(406, messages::not_acceptable(extension == WebExtension::text ? "text/plain" : *type));
}

http::ServerResponse not_ready_answer() { return platform_error(202, messages::kResponseNotReady); }

}  // namespace adit::dev
