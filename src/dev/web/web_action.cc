#include "dev/web/web_action.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "adit/secret.h"

#include "base/text/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/host/activation_record.h"

namespace adit::dev {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"OPTIONS", "GET", "DELETE", "POST", "PUT", "HEAD", "PATCH"};
constexpr std::string_view kAllowedHeaders =
    "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent";

bool is_true(const json::object& annotations, std::string_view name) {
  const auto* value = annotations.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool has_value(const json::value& value) {
  return !value.is_null() && !(value.is_string() && value.get_string().empty());
}

bool is_authorized(const WebRules& rules, const http::ServerRequest& request, const Caller& caller) {
  if (!rules.require_whisk_auth) return true;
  const auto& required = *rules.require_whisk_auth;
  if (required.is_bool()) return !required.get_bool() || caller.authenticated();
  const auto given = request.headers.get("x-require-whisk-auth");
  if (!given) return false;
  if (required.is_string()) return Secret(std::string_view(required.get_string())) == Secret(*given);
  return required.is_number() && to_json(required) == *given;
}

std::string_view default_message(int status) {
  switch (status) {
    case 401:
      return messages::kUnauthorized;
    case 403:
      return messages::kNotAuthorized;
    case 404:
      return messages::kNotFound;
    case 503:
      return messages::kUnavailable;
    default:
      return messages::kInternalError;
  }
}

}  // namespace

WebRules WebRules::of(const json::object& annotations, const json::object& inputs) {
  WebRules rules;
  rules.exported = is_true(annotations, "web-export");
  rules.raw = is_true(annotations, "raw-http");
  rules.custom_options = is_true(annotations, "web-custom-options");
  if (const auto* auth = annotations.if_contains("require-whisk-auth")) rules.require_whisk_auth = *auth;
  if (is_true(annotations, "final")) {
    for (const auto& [name, value] : inputs)
      if (has_value(value)) rules.immutable.emplace(name);
  }
  return rules;
}

WebRules WebRules::with_adobe_auth() const {
  WebRules rules;
  rules.exported = exported;
  rules.raw = raw;
  return rules;
}

http::ServerResponse platform_error(int status, std::string_view message) {
  auto response = http::ServerResponse::json(
      status,
      json::object{{"error", message.empty() ? default_message(status) : message}, {"code", make_activation_id()}});
  return response;
}

std::optional<http::ServerResponse> refuse_size(std::size_t size) {
  if (size <= kMaxPayloadBytes) return std::nullopt;
  return platform_error(413, messages::entity_too_big("Request", size, kMaxPayloadBytes));
}

std::optional<http::ServerResponse> refuse_size(const http::ServerRequest& request) {
  return refuse_size(request.body.size());
}

std::optional<http::ServerResponse> refuse_announced_size(const http::ServerRequest& head) {
  const auto text = head.headers.get_or_empty("content-length");
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return refuse_size(size);
}

bool is_web_method(std::string_view method) { return std::ranges::find(kMethods, method) != kMethods.end(); }

std::optional<http::ServerResponse> answer_before_running(const http::ServerRequest& request, const WebRules& rules,
                                                          const Caller& caller) {
  const bool options = request.method == "OPTIONS";
  if (options && !rules.custom_options) return http::ServerResponse{};
  if (!options && !is_authorized(rules, request, caller)) return platform_error(401);
  return std::nullopt;
}

void add_cors(http::ServerResponse& response, const http::ServerRequest& request, const WebRules& rules) {
  if (rules.custom_options) return;
  const auto asked = request.headers.get("access-control-request-headers");
  // Browsers reject an answer with two Access-Control-Allow-Origin headers, so the action's own headers are replaced.
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Allow-Methods", "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH");
  response.headers.set("Access-Control-Allow-Headers", std::string(asked.value_or(kAllowedHeaders)));
}

}  // namespace adit::dev
