#include "dev/platform/api.h"

#include <algorithm>
#include <iterator>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/log.h"

#include "base/text.h"
#include "base/trace.h"
#include "dev/entity/messages.h"
#include "dev/platform/list_query.h"
#include "dev/web/media_type.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

constexpr std::string_view kRoot = "/api/v1/";

/// `path` without `prefix` where it begins with it and ends there, or goes on with a slash.
std::optional<std::string_view> behind(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  if (!path.empty() && path.front() != '/') return std::nullopt;
  return path;
}

/// The first part of `/first/rest`, decoded; `path` keeps the rest with its slash. Nothing where there is none.
std::optional<std::string> take_segment(std::string_view& path) {
  if (path.empty() || path == "/") return std::nullopt;
  const auto end = std::min(path.find('/', 1), path.size());
  auto segment = decode_segment(path.substr(1, end - 1));
  path.remove_prefix(end);
  return segment;
}

Caller caller_of(const http::ServerRequest& request, const RuntimeSettings& runtime) {
  constexpr std::string_view kScheme = "basic ";
  const auto authorization = request.headers.get_or_empty("authorization");
  if (authorization.size() <= kScheme.size() || !equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return {};
  auto decoded = base64_decode(trim(authorization.substr(kScheme.size())));
  if (!decoded) return {};
  const auto given = Secret::taken_from(*decoded);
  return given == runtime.api_key ? Caller{runtime.name_space} : Caller{};
}

http::ServerResponse key_wanted(const http::ServerRequest& request) {
  auto response = platform_error(
      401, request.headers.has("authorization") ? messages::kWrongCredentials : messages::kNoCredentials);
  response.headers.set("WWW-Authenticate", "Basic realm=\"whisk rest service\", charset=UTF-8");
  return response;
}

/// All `Accept` headers as one list (RFC 9110 section 5.3).
std::string accept_of(const http::ServerRequest& request) {
  std::string all;
  for (const auto& [name, value] : request.headers)
    if (equals_ignoring_case(name, "accept")) all += cat(all.empty() ? "" : ",", value);
  return all;
}

constexpr std::string_view kActions = "actions";

/// The entities that `belongs` chooses, as the query asks.
http::ServerResponse action_list(const Configuration& configuration, std::string_view query,
                                 const std::function<bool(const ActionEntity&)>& belongs) {
  const auto asked = list_query(query, kActions);
  json::array found;
  int passed = 0;
  for (const auto& [name, served] : configuration.served) {
    if (!belongs(served.entity) || passed++ < asked.skip) continue;
    if (!asked.count && std::ssize(found) < asked.limit) found.push_back(served.entity.summary());
  }
  if (asked.count) return http::ServerResponse::json(200, json::object{{kActions, std::max(0, passed - asked.skip)}});
  return http::ServerResponse::json(200, found);
}

/// How long a blocking call waits.
std::chrono::milliseconds wait_from(std::string_view query, std::chrono::milliseconds max) {
  const auto text = parameter(query, "timeout");
  if (!text || text->empty()) return max;
  const auto number = integer_from(*text);
  if (!number || *number <= 0 || *number > max.count()) refuse_parameter("timeout", messages::invalid_timeout(max));
  return std::chrono::milliseconds(*number);
}

/// 415 for a body of another type than JSON; one whose type is not said counts as JSON.
std::optional<http::ServerResponse> refuse_type(const http::ServerRequest& request) {
  const auto given = request.headers.get("content-type");
  if (request.body.empty() || !given) return std::nullopt;
  const auto type = MediaType::parse(*given);
  if (type && type->is("application/json")) return std::nullopt;
  return platform_error(415, messages::kNotJson);
}

}  // namespace

struct DevApi::Call {
  const http::ServerRequest& request;
  std::shared_ptr<const Configuration> configuration;
  Caller caller;
  RequestLine line;
};

http::ServerResponse DevApi::handle(const http::ServerRequest& request) {
  const trace::Stopwatch watch;
  Call call{.request = request, .configuration = platform_.configuration(), .caller = {}, .line = {}};
  call.caller = caller_of(request, call.configuration->runtime);
  auto response = [&] {
    try {
      return route(call);
    } catch (const Error& error) {
      return error.code() == "interrupted" ? platform_error(503) : platform_error(400, error.message());
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
  // Enough that a caller without the key hears of that, and not of its body's size.
  constexpr std::size_t kOfNobody = 64U << 10U;
  const bool web = head.path.starts_with(cat(kRoot, "web/"));
  const bool known = caller_of(head, platform_.last_configuration()->runtime).authenticated();
  if (options_.access.refusal(head) || !(web || known)) return {.max_body_bytes = kOfNobody};
  http::Admission admission{.max_body_bytes = kMaxPayloadBytes, .trusted = known};
  admission.refusal = refuse_announced_size(head);
  if (admission.refusal && web) add_cors(*admission.refusal, head, {});
  return admission;
}

http::ServerResponse DevApi::route(Call& call) {
  call.line.refusal = options_.access.refusal(call.request);
  if (const auto& refused = call.line.refusal) return platform_error(403, cat(refused->message, ' ', refused->hint));
  std::string_view path = call.request.path;
  if (!path.starts_with(kRoot)) return platform_error(404);
  path.remove_prefix(kRoot.size());
  if (path.starts_with("web/")) return web(call, path.substr(4));
  if (const auto rest = behind(path, "activations")) {
    const bool open = options_.local && !call.request.headers.has("authorization");
    if (!open && !call.caller.authenticated()) return key_wanted(call.request);
    return activations(call, *rest);
  }
  if (const auto rest = behind(path, "namespaces")) return namespaces(call, *rest);

  const auto slash = path.find('/');
  const auto package = decode_segment(path.substr(0, slash));
  const auto action = slash == std::string_view::npos ? std::nullopt : decode_segment(path.substr(slash + 1));
  const auto* served = package && action ? call.configuration->find(*package, *action) : nullptr;
  if (!call.caller.authenticated()) return key_wanted(call.request);
  if (served == nullptr) return platform_error(404);
  if (call.request.method != "POST") return platform_error(405, messages::wrong_method("POST"));
  return invoke(call, *served, true);
}

http::ServerResponse DevApi::web(Call& call, std::string_view text) {
  if (!is_web_method(call.request.method))
    return platform_error(405, messages::wrong_method("GET, DELETE, POST, PUT, HEAD, OPTIONS, PATCH"));
  auto path = parse_web_path(text);
  const auto* served = path ? call.configuration->find(path->package, path->action) : nullptr;
  if (served == nullptr && path && (path->package == call.configuration->runtime.name_space || path->package == "_")) {
    path = parse_web_path(text.substr(text.find('/') + 1));  // as deployed: the namespace stands before the package
    served = path ? call.configuration->find(path->package, path->action) : nullptr;
  }
  if (served == nullptr || !served->rules.exported) return platform_error(404);
  call.line.action = served->what.full_name();

  const auto& rules = served->rules;
  auto response = [&] {
    if (auto refusal = refuse_size(call.request)) return *std::move(refusal);
    if (auto answer = answer_before_running(call.request, rules, call.caller)) return *std::move(answer);
    auto given = web_parameters(call.request, *path, rules, call.caller);
    if (given.refusal) return *std::move(given.refusal);
    const auto activated = run(call, *served, std::move(given.params), options_.max_wait);
    if (!activated) return not_ready_answer();
    const auto extension = activated->refused ? WebExtension::http : path->extension;
    return web_answer(activated->record.status, activated->record.result, extension, accept_of(call.request));
  }();
  add_cors(response, call.request, rules);
  return response;
}

http::ServerResponse DevApi::activations(Call& call, std::string_view path) const {
  if (call.request.method != "GET") return platform_error(405, messages::wrong_method("GET"));
  return platform_.activations().answer(path, call.request.query);
}

http::ServerResponse DevApi::namespaces(Call& call, std::string_view path) {
  if (!call.caller.authenticated()) return key_wanted(call.request);
  const auto& own = call.configuration->runtime.name_space;
  const auto name = take_segment(path);
  if (!name) return http::ServerResponse::json(200, json::array{json::string(own)});
  if (*name != "_" && *name != own) return platform_error(403);
  if (const auto rest = behind(path, "/activations")) return activations(call, *rest);
  if (const auto rest = behind(path, "/actions")) return actions(call, *rest);
  return platform_error(404);
}

http::ServerResponse DevApi::actions(Call& call, std::string_view path) {
  const auto& configuration = *call.configuration;
  const auto& request = call.request;
  const bool reads = request.method == "GET";
  const auto first = take_segment(path);
  if (!first) {
    if (!reads) return platform_error(405, messages::wrong_method("GET"));
    return action_list(configuration, request.query, [](const ActionEntity&) { return true; });
  }
  if (path == "/" && reads) {  // `PACKAGE/`: what is in the package
    if (!configuration.has_package(*first)) return platform_error(404);
    const auto name_space = cat(configuration.runtime.name_space, '/', *first);
    return action_list(configuration, request.query,
                       [&](const ActionEntity& entity) { return entity.name_space == name_space; });
  }
  const auto second = take_segment(path);
  const auto* served = configuration.find(second ? *first : "default", second ? *second : *first);
  if (served == nullptr || !path.empty()) return platform_error(404);
  if (reads) {
    (void)flag(request.query, "code", true);  // the code itself is in the project
    return http::ServerResponse::json(200, served->entity.to_json());
  }
  if (request.method != "POST") return platform_error(405, messages::wrong_method("GET, POST"));
  if (auto refusal = refuse_type(request)) return *std::move(refusal);
  return invoke(call, *served, false);
}

http::ServerResponse DevApi::invoke(Call& call, const Served& served, bool by_default) {
  const auto& query = call.request.query;
  const bool blocking = flag(query, "blocking", by_default);
  const bool result_only = flag(query, "result", by_default);
  const auto wait = wait_from(query, options_.max_wait);
  if (auto refusal = refuse_size(call.request)) return *std::move(refusal);
  call.line.action = served.what.full_name();
  json::object params;
  if (!trim(call.request.body).empty()) {
    const auto body = try_parse_json(call.request.body, {.max_depth = 1000});
    if (!body || !body->is_object())
      return platform_error(400, messages::malformed_content("The body must be a JSON object."));
    params = body->get_object();
  }
  for (const auto& [name, value] : params) {
    if (served.rules.immutable.contains(std::string_view(name)))
      return platform_error(400, messages::kParametersNotAllowed);
  }
  const auto activated = run(call, served, std::move(params), blocking ? wait : std::chrono::milliseconds(0));
  if (!activated) return http::ServerResponse::json(202, json::object{{"activationId", call.line.activation_id}});
  const auto& record = activated->record;
  if (result_only) return http::ServerResponse::json(record.success() ? 200 : 502, record.result);
  auto answer = record.to_json();
  // OpenWhisk answers before an action's log is collected; the controller itself keeps a sequence's.
  if (!record.is_sequence()) answer["logs"] = json::array();
  return http::ServerResponse::json(record.success() ? 200 : 502, answer);
}

std::shared_ptr<const Activated> DevApi::run(Call& call, const Served& served, json::object params,
                                             std::chrono::milliseconds wait) {
  const auto started = platform_.start(call.configuration, served, std::move(params));
  call.line.activation_id = started.activation_id;
  if (wait == std::chrono::milliseconds(0) || started.done.wait_for(wait) != std::future_status::ready) return nullptr;
  call.line.activated = started.done.get();
  return call.line.activated;
}

}  // namespace adit::dev
