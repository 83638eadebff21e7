#include "dev/api/api.h"

#include <algorithm>
#include <utility>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/log.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "base/trace.h"
#include "dev/api/actions.h"
#include "dev/api/api_call.h"
#include "dev/api/api_gateway.h"
#include "dev/api/invoke.h"
#include "dev/api/packages.h"
#include "dev/api/platform_description.h"
#include "dev/api/rules.h"
#include "dev/api/system_namespace.h"
#include "dev/api/triggers.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"
#include "dev/web/answer.h"
#include "dev/web/parameters.h"
#include "dev/web/path.h"
#include "dev/web/web_action.h"
#include "http/authorization.h"

namespace adit::dev {
namespace {

constexpr std::string_view kRoot = "/api/v1/";
/// Adobe's deploy service has the same API below this path (docs/protocols/deploying.md).
constexpr std::string_view kRuntime = "/runtime";

std::string_view credentials(const http::ServerRequest& request, std::string_view scheme) {
  return http::authorization_credentials(request.headers.get_or_empty("authorization"), scheme);
}

Caller caller_of(const http::ServerRequest& request, const RuntimeSettings& runtime) {
  auto decoded = base64_decode(credentials(request, "Basic"));
  if (!decoded || decoded->empty()) return {};
  const auto given = Secret::taken_from(*decoded);
  return given == runtime.api_key ? Caller{runtime.name_space} : Caller{};
}

bool is_below_runtime(std::string_view path) { return path.starts_with(cat(kRuntime, "/")); }

/// Authenticates a caller of the deploy service by its IMS token, for the namespace that it names.
Caller deployer_of(const http::ServerRequest& request, const RuntimeSettings& runtime, const ValidateToken& validate) {
  const auto token = credentials(request, "Bearer");
  if (token.empty() || !validate || !is_below_runtime(request.path)) return {};
  if (const auto name = request.headers.get("x-namespace-id"); name && *name != runtime.name_space && *name != "_")
    return {};
  return validate(Secret(token)).valid ? Caller{runtime.name_space} : Caller{};
}

http::ServerResponse key_required(const http::ServerRequest& request) {
  auto response = platform_error(
      401, request.headers.has("authorization") ? messages::kWrongCredentials : messages::kNoCredentials);
  response.headers.set("WWW-Authenticate", "Basic realm=\"whisk rest service\", charset=UTF-8");
  return response;
}

/// Returns all `Accept` headers as one list (RFC 9110 section 5.3).
std::string accept_of(const http::ServerRequest& request) {
  std::string all;
  for (const auto& [name, value] : request.headers)
    if (equals_ignoring_case(name, "accept")) all += cat(all.empty() ? "" : ",", value);
  return all;
}

/// Whether the request comes from a web page. Browsers send one of these headers with every request of a page that
/// changes something (Fetch standard, "Origin header").
bool is_from_page(const http::ServerRequest& request) {
  return request.headers.has("origin") || request.headers.has("sec-fetch-site");
}

http::ServerResponse answer_error(const Error& error) {
  if (error.code() == "rejected") return platform_error(error.http_status(), error.message());
  if (error.code() == "invalid_query") return platform_error(400, error.message());
  log(LogLevel::error, error.to_string());
  return platform_error(500, error.message());
}

}  // namespace

http::ServerResponse DevApi::handle(const http::ServerRequest& request) {
  const trace::Stopwatch watch;
  ApiCall call{.request = request,
               .platform = platform_,
               .options = options_,
               .catalog = platform_.catalog(),
               .caller = {},
               .line = {},
               .before_writing = {}};
  call.before_writing = [this, &call] { check_writer(call); };
  auto response = [&] {
    try {
      call.line.denial = options_.access.denial(request);
      if (const auto& refused = call.line.denial) return platform_error(403, cat(refused->message, ' ', refused->hint));
      const auto& runtime = call.catalog.configuration().runtime;
      call.caller = caller_of(request, runtime);
      if (!call.caller.authenticated()) call.caller = deployer_of(request, runtime, options_.validate_deployer);
      std::string_view path = request.path;
      if (path.starts_with(cat(kRuntime, kRoot))) path.remove_prefix(kRuntime.size());
      return route(call, path);
    } catch (const Interrupted&) {
      return platform_error(503);
    } catch (const Error& error) {
      return answer_error(error);
    } catch (const std::exception& error) {
      log(LogLevel::error, error.what());
      return platform_error(500);
    }
  }();
  if (!call.line.activation_id.empty()) response.headers.set("x-openwhisk-activation-id", call.line.activation_id);
  call.line.method = request.head ? "HEAD" : request.method;
  call.line.path = request.path;
  call.line.status = response.status;
  call.line.took = std::chrono::duration_cast<std::chrono::microseconds>(watch.elapsed());
  if (options_.on_request) options_.on_request(call.line);
  return response;
}

http::Admission DevApi::admit(const http::ServerRequest& head) const {
  // Large enough that a caller without the key gets the answer 401, not one about the size of its body.
  constexpr std::size_t kUnauthenticatedBodyBytes = 64U << 10U;
  if (options_.access.denial(head)) return {.max_body_bytes = kUnauthenticatedBodyBytes};
  const bool known = caller_of(head, platform_.last_configuration()->runtime).authenticated();
  // IMS is asked about the token only when the whole request has been received.
  const bool shows_token = is_below_runtime(head.path) && !credentials(head, "Bearer").empty();
  if (head.method == "PUT" && (known || shows_token) && !head.path.starts_with(cat(kRoot, "web/")))
    return {.max_body_bytes = kMaxEntityBytes, .trusted = known};
  const bool web = !head.path.starts_with(kRoot) || head.path.starts_with(cat(kRoot, "web/"));
  if (!(web || known)) return {.max_body_bytes = kUnauthenticatedBodyBytes};
  http::Admission admission{.max_body_bytes = kMaxPayloadBytes, .trusted = known};
  admission.refusal = refuse_announced_size(head);
  if (admission.refusal && web) add_cors(*admission.refusal, head, {});
  return admission;
}

/// Only the holder of the key, or of a token of the organisation, may deploy, and no web page.
void DevApi::check_writer(const ApiCall& call) {
  if (!options_.takes_deployments) reject(403, messages::kNoDeployments);
  if (is_from_page(call.request)) reject(403, messages::kNoPage);
  if (!call.caller.authenticated()) reject(401, messages::kNoCredentials);
  std::call_once(first_deployment_, [this] {
    if (options_.on_first_deployment) options_.on_first_deployment();
  });
}

http::ServerResponse DevApi::route(ApiCall& call, std::string_view path) {
  if (path == "/api/v1" && call.is("GET")) return http::ServerResponse::json(200, api_description());
  if (!path.starts_with(kRoot)) return outside_api(call);
  path.remove_prefix(kRoot.size());
  if (path.starts_with("web/")) return web(call, path.substr(4));
  if (const auto rest = path_after(path, "activations")) {
    const bool open = options_.local && !call.request.headers.has("authorization");
    if (!open && !call.caller.authenticated()) return key_required(call.request);
    return activations(call, *rest);
  }
  if (const auto rest = path_after(path, "namespaces")) return namespaces(call, *rest);

  const auto slash = path.find('/');
  const auto package = decode_segment(path.substr(0, slash));
  const auto action = slash == std::string_view::npos ? std::nullopt : decode_segment(path.substr(slash + 1));
  const auto served = package && action ? call.catalog.action(*package, *action) : nullptr;
  if (!call.caller.authenticated()) return key_required(call.request);
  if (served == nullptr) return platform_error(404);
  if (!call.is("POST")) return wrong_method("POST");
  return invoke(call, served, true);
}

/// Answers paths outside `/api/v1`: requests of Adobe's tools to the host, and routes of APIs.
http::ServerResponse DevApi::outside_api(ApiCall& call) {
  const std::string_view path = call.request.path;
  if (path == "/audit-log-api/event-post" && call.is("POST")) return http::ServerResponse::json(200, json::object());
  if (const auto rest = path_after(path, cat(kRuntime, "/namespaces"))) return log_forwarding(call, *rest);
  if (const auto routed = route_of(call); !routed.path.empty()) return web_by_route(call, routed);
  if (options_.front_end)
    if (auto answer = options_.front_end(call.request)) return *std::move(answer);
  if (path == "/" && call.is("GET")) return http::ServerResponse::json(200, host_description());
  return platform_error(404);
}

/// Calls the action of a route as the API gateway does.
http::ServerResponse DevApi::web_by_route(ApiCall& call, const Routed& routed) {
  if (routed.key.empty()) return web(call, routed.path);
  auto request = call.request;
  request.headers.set("X-Require-Whisk-Auth", std::string(routed.key.reveal()));
  ApiCall with_key{.request = request,
                   .platform = call.platform,
                   .options = call.options,
                   .catalog = call.catalog,
                   .caller = call.caller,
                   .line = call.line,
                   .before_writing = call.before_writing};
  auto response = web(with_key, routed.path);
  call.line = with_key.line;
  return response;
}

/// Answers requests about log forwarding. Here, logs always stay with the activations, whatever a tool sets.
http::ServerResponse DevApi::log_forwarding(ApiCall& call, std::string_view path) {
  const auto name = take_segment(path);
  if (!name || path != "/logForwarding") return platform_error(404);
  if (!call.caller.authenticated()) return key_required(call.request);
  if (!call.is("GET") && !call.is("PUT")) return wrong_method("GET, PUT");
  return http::ServerResponse::json(200, json::object{{"adobe_io_runtime", json::object()}});
}

http::ServerResponse DevApi::web(ApiCall& call, std::string_view text) {
  if (const auto management = path_after(text, "whisk.system/apimgmt"); management && management->size() > 1) {
    if (!call.caller.authenticated()) return key_required(call.request);
    return answer_api_management(call, management->substr(1));
  }
  if (!is_web_method(call.request.method)) return wrong_method("GET, DELETE, POST, PUT, HEAD, OPTIONS, PATCH");
  auto path = parse_web_path(text);
  auto served = path ? call.catalog.action(path->package, path->action) : nullptr;
  if (served == nullptr && path && (path->package == call.catalog.name_space() || path->package == "_")) {
    path = parse_web_path(text.substr(text.find('/') + 1));  // the deployed form has the namespace before the package
    served = path ? call.catalog.action(path->package, path->action) : nullptr;
  }
  if (served == nullptr || !served->rules.exported) return platform_error(404);
  call.line.action = served->full_name();

  const auto& rules = served->rules;
  auto response = [&] {
    if (auto refusal = refuse_size(call.request)) return *std::move(refusal);
    if (auto answer = answer_before_running(call.request, rules, call.caller)) return *std::move(answer);
    auto given = web_parameters(call.request, *path, rules, call.caller);
    if (given.refusal) return *std::move(given.refusal);
    const auto activated = run_for(call, served, std::move(given.params), options_.max_wait);
    if (!activated) return not_ready_answer();
    const auto extension = activated->refused ? WebExtension::http : path->extension;
    return web_answer(activated->record.status, activated->record.result, extension, accept_of(call.request));
  }();
  add_cors(response, call.request, rules);
  return response;
}

http::ServerResponse DevApi::activations(ApiCall& call, std::string_view path) const {
  if (!call.is("GET")) return wrong_method("GET");
  return platform_.activations().answer(path, call.request.query);
}

http::ServerResponse DevApi::limits(const ApiCall& call, std::string_view path) {
  if (!call.is("GET")) return wrong_method("GET");
  if (path.size() > 1) return platform_error(400, messages::kNoInnerLimits);
  return http::ServerResponse::json(200, namespace_limits());
}

http::ServerResponse DevApi::namespaces(ApiCall& call, std::string_view path) {
  if (!call.caller.authenticated()) return key_required(call.request);
  const auto& own = call.catalog.name_space();
  const auto name = take_segment(path);
  if (!name) return http::ServerResponse::json(200, json::array{json::string(own)});
  if (*name != "_" && *name != own) return answer_system_namespace(call, *name, path.empty() ? path : path.substr(1));
  if (const auto rest = path_after(path, "/activations")) return activations(call, *rest);
  if (const auto rest = path_after(path, "/packages")) return answer_packages(call, *rest);
  if (const auto rest = path_after(path, "/actions")) return answer_actions(call, *rest);
  if (const auto rest = path_after(path, "/triggers")) return answer_triggers(call, *rest);
  if (const auto rest = path_after(path, "/rules")) return answer_rules(call, *rest);
  if (const auto rest = path_after(path, "/limits")) return limits(call, *rest);
  return platform_error(404);
}

}  // namespace adit::dev
