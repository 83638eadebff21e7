#include "dev/web/parameters.h"

#include <algorithm>
#include <array>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "base/text/utf8.h"
#include "dev/entity/messages.h"
#include "dev/web/media_type.h"

namespace adit::dev {
namespace {

constexpr std::array<std::string_view, 6> kReserved = {"__ow_method", "__ow_headers", "__ow_path",
                                                       "__ow_user",   "__ow_query",   "__ow_body"};

using Pairs = std::vector<std::pair<std::string, std::string>>;

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

/// Returns a body that is not parsed, for `__ow_body`. OpenWhisk gives raw actions JSON in base64, too.
json::value opaque_body(const std::string& body, const std::optional<MediaType>& type) {
  const bool binary = !type || type->is_binary() || type->is("application/json");
  return json::string(binary ? base64_encode(body) : as_utf8(body));
}

/// Reads the body for an action that is not raw. Returns `nullopt` if there is none. An empty body with a content type
/// is a body, unless the type is JSON. Throws Error `invalid_json` or `invalid_form`.
std::optional<json::value> body_of(const http::ServerRequest& request, const std::optional<MediaType>& type) {
  if (request.body.empty() && !request.headers.has("content-type")) return std::nullopt;
  if (type && type->is_json_family()) {
    if (request.body.empty()) return std::nullopt;
    return parse_json(request.body, "The body", {.max_depth = 1000});
  }
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
    return refused(messages::malformed_content(error.message()));
  }
  if (body && body->is_object()) {
    merge(given, std::move(body->get_object()));
    body.reset();
  }
  if (!is_allowed(given, rules)) return refused(messages::kParametersNotAllowed);
  merge(params, std::move(given));
  if (body) params["__ow_body"] = *std::move(body);
  return {.params = std::move(params), .refusal = std::nullopt};
}

}  // namespace adit::dev
