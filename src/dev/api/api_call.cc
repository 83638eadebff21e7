#include "dev/api/api_call.h"

#include "base/text/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"
#include "dev/web/media_type.h"
#include "dev/web/path.h"
#include "dev/web/web_action.h"

namespace adit::dev {

std::optional<std::string_view> path_after(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

std::optional<std::string> take_segment(std::string_view& path) {
  if (path.empty() || path == "/") return std::nullopt;
  const auto end = std::min(path.find('/', 1), path.size());
  auto segment = decode_segment(path.substr(1, end - 1));
  path.remove_prefix(end);
  return segment;
}

std::string only_name(std::string_view path) {
  auto name = take_segment(path);
  if (!name || !path.empty()) reject(404, messages::kNotFound);
  check_entity_name(*name);
  return *std::move(name);
}

void check_collection(const ApiCall& call, const std::string& name, std::string_view collection) {
  const auto known = call.catalog.collection_of(name);
  if (!known.empty() && known != collection) reject(409, messages::kOtherCollection);
}

http::ServerResponse empty_answer(int status) {
  http::ServerResponse response;
  response.status = status;
  return response;
}

http::ServerResponse wrong_method(std::string_view supported) {
  return platform_error(405, messages::wrong_method(supported));
}

void check_type(const http::ServerRequest& request) {
  const auto given = request.headers.get("content-type");
  if (!given) return;
  const auto type = MediaType::parse(*given);
  if (!type || !type->is("application/json")) reject(415, messages::kNotJson);
}

json::object object_in_body(const http::ServerRequest& request) {
  if (!request.body.empty()) check_type(request);
  if (request.body.size() > kMaxPayloadBytes)
    reject(413, messages::entity_too_big("Request", request.body.size(), kMaxPayloadBytes));
  if (trim(request.body).empty()) return {};
  auto body = try_parse_json(request.body, {.max_depth = 1000});
  if (!body || !body->is_object()) reject(400, messages::malformed_content("The body must be a JSON object."));
  return std::move(body->get_object());
}

}  // namespace adit::dev
