// From a request to an activation's parameters.
#include <algorithm>
#include <array>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text.h"
#include "dev/web/media_type.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

constexpr std::array<std::string_view, 6> kReserved = {"__ow_method", "__ow_headers", "__ow_path",
                                                       "__ow_user",   "__ow_query",   "__ow_body"};

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// JSON strings are UTF-8; what is not is replaced, as the JVM decodes it (U+FFFD).
std::string as_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80          ? 1
                               : (lead >> 5U) == 6  ? 2
                               : (lead >> 4U) == 14 ? 3
                               : (lead >> 3U) == 30 ? 4
                                                    : 0;
    bool whole = length > 0 && i + length <= text.size() && lead != 0xC0 && lead != 0xC1 && lead <= 0xF4;
    for (std::size_t k = 1; whole && k < length; ++k) whole = (static_cast<unsigned char>(text[i + k]) >> 6U) == 2;
    if (whole && length > 2) {  // overlong forms, surrogates, beyond U+10FFFF
      const auto second = static_cast<unsigned char>(text[i + 1]);
      whole = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second > 0x9F) &&
              !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second > 0x8F);
    }
    if (whole)
      valid.append(text.substr(i, length));
    else
      valid += "\xEF\xBF\xBD";
    i += whole ? length : 1;
  }
  return valid;
}

json::object as_object(const Pairs& pairs) {
  json::object object;
  for (const auto& [name, value] : pairs) object.insert_or_assign(as_utf8(name), json::string(as_utf8(value)));
  return object;
}

json::object headers_of(const http::ServerRequest& request) {
  json::object headers;
  for (const auto& [name, value] : request.headers)
    headers.insert_or_assign(to_lower(name), json::string(as_utf8(value)));
  return headers;
}

/// An opaque body, as it reaches the action in `__ow_body`. OpenWhisk gives raw actions JSON in base64 too.
json::value opaque_body(const std::string& body, const std::optional<MediaType>& type) {
  const bool binary = !type || type->is_binary() || type->is("application/json");
  return json::string(binary ? base64_encode(body) : as_utf8(body));
}

/// The body of an action that is not raw; nothing where there is none. Throws Error `invalid_json` or `invalid_form`.
std::optional<json::value> body_of(const http::ServerRequest& request, const std::optional<MediaType>& type) {
  if (request.body.empty()) return std::nullopt;
  if (type && type->is_json_family()) return parse_json(request.body, "The body", {.max_depth = 1000});
  if (type && type->is("application/x-www-form-urlencoded")) return as_object(http::parse_query(request.body));
  return opaque_body(request.body, type);
}

bool is_allowed(const json::object& params, const WebRules& rules) {
  return std::ranges::none_of(params, [&](const auto& member) {
    return std::ranges::find(kReserved, std::string_view(member.key())) != kReserved.end() ||
           rules.immutable.contains(std::string_view(member.key()));
  });
}

void merge(json::object& into, json::object&& over) {
  for (auto& [name, value] : over) into.insert_or_assign(name, std::move(value));
}

WebParameters refused(std::string_view message) { return {.params = {}, .refusal = platform_error(400, message)}; }

}  // namespace

WebParameters web_parameters(const http::ServerRequest& request, const WebPath& path, const WebRules& rules,
                             const Caller& caller) {
  json::object params = {{"__ow_method", to_lower(request.head ? "HEAD" : request.method)},
                         {"__ow_headers", headers_of(request)},
                         {"__ow_path", as_utf8(path.rest)}};
  if (caller.authenticated()) params["__ow_user"] = caller.name_space;
  const auto type = MediaType::parse(request.headers.get_or_empty("content-type"));
  if (rules.raw) {
    params["__ow_query"] = as_utf8(request.query);
    params["__ow_body"] = request.body.empty() ? json::value("") : opaque_body(request.body, type);
    return {.params = std::move(params), .refusal = std::nullopt};
  }

  json::object given;
  std::optional<json::value> body;
  try {
    given = as_object(http::parse_query(request.query));
    body = body_of(request, type);
  } catch (const Error& error) {
    return refused(cat("The request content was malformed:\n", error.message()));
  }
  if (body && body->is_object()) {
    merge(given, std::move(body->get_object()));
    body.reset();
  }
  if (!is_allowed(given, rules))
    return refused("Request defines parameters that are not allowed (e.g., reserved properties).");
  merge(params, std::move(given));
  if (body) params["__ow_body"] = *std::move(body);
  return {.params = std::move(params), .refusal = std::nullopt};
}

}  // namespace adit::dev
