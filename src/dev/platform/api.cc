#include "dev/platform/api.h"

#include <algorithm>
#include <charconv>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/log.h"

#include "base/text.h"
#include "base/trace.h"
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

bool flag(const http::ServerRequest& request, std::string_view name, bool otherwise) {
  for (const auto& [key, value] : http::parse_query(request.query))
    if (key == name) return equals_ignoring_case(value, "true");
  return otherwise;
}

http::ServerResponse key_wanted(const http::ServerRequest& request) {
  auto response =
      platform_error(401, request.headers.has("authorization")
                              ? "The supplied authentication is invalid"
                              : "The resource requires authentication, which was not supplied with the request");
  response.headers.set("WWW-Authenticate", "Basic realm=\"whisk rest service\", charset=UTF-8");
  return response;
}

json::object action_summary(const Configuration& configuration, const Served& served) {
  const auto& what = served.what;
  const auto& annotations = what.action != nullptr ? what.action->annotations : what.sequence->annotations;
  json::array pairs;
  for (const auto& [key, value] : annotations) pairs.push_back(json::object{{"key", key}, {"value", value}});
  const auto kind = what.action != nullptr ? what.action->runtime : std::string("sequence");
  const auto& package = what.action != nullptr ? what.action->package : what.sequence->package;
  const auto limits = what.action != nullptr ? what.action->limits : app::Limits{};
  return {{"name", what.action != nullptr ? what.action->name : what.sequence->name},
          {"namespace", cat(configuration.runtime.name_space, '/', package)},
          {"version", "0.0.1"},
          {"publish", false},
          {"annotations", std::move(pairs)},
          {"exec", json::object{{"kind", kind}, {"binary", what.action != nullptr}}},
          {"limits", json::object{{"timeout", limits.timeout.count()},
                                  {"memory", limits.memory_mb},
                                  {"logs", limits.logs_mb},
                                  {"concurrency", limits.concurrency}}}};
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
  if (call.request.method != "POST") return platform_error(405, "HTTP method not allowed, supported methods: POST");
  return invoke(call, *served, flag(call.request, "blocking", true), flag(call.request, "result", true));
}

http::ServerResponse DevApi::web(Call& call, std::string_view text) {
  if (!is_web_method(call.request.method)) return platform_error(405);
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
    return web_answer(activated->record.status, activated->record.result, extension);
  }();
  add_cors(response, call.request, rules);
  return response;
}

http::ServerResponse DevApi::activations(Call& call, std::string_view path) const {
  if (call.request.method != "GET") return platform_error(405, "HTTP method not allowed, supported methods: GET");
  return platform_.activations().answer(path, call.request.query);
}

http::ServerResponse DevApi::namespaces(Call& call, std::string_view path) {
  if (!call.caller.authenticated()) return key_wanted(call.request);
  const auto& own = call.configuration->runtime.name_space;
  const auto name = take_segment(path);
  if (!name) return http::ServerResponse::json(200, json::array{json::string(own)});
  if (*name != "_" && *name != own)
    return platform_error(403, "The supplied authentication is not authorized to access this resource.");
  if (const auto rest = behind(path, "/activations")) return activations(call, *rest);
  if (const auto rest = behind(path, "/actions")) return actions(call, *rest);
  return platform_error(404);
}

http::ServerResponse DevApi::actions(Call& call, std::string_view path) {
  const auto& configuration = *call.configuration;
  const auto first = take_segment(path);
  if (!first) {
    json::array all;
    for (const auto& [name, served] : configuration.served) all.push_back(action_summary(configuration, served));
    return http::ServerResponse::json(200, all);
  }
  const auto second = take_segment(path);
  const auto* served = configuration.find(second ? *first : "default", second ? *second : *first);
  if (served == nullptr || !(path.empty() || path == "/")) return platform_error(404);
  if (call.request.method == "GET") return http::ServerResponse::json(200, action_summary(configuration, *served));
  if (call.request.method != "POST")
    return platform_error(405, "HTTP method not allowed, supported methods: GET, POST");
  return invoke(call, *served, flag(call.request, "blocking", false), flag(call.request, "result", false));
}

http::ServerResponse DevApi::invoke(Call& call, const Served& served, bool blocking, bool result_only) {
  if (auto refusal = refuse_size(call.request)) return *std::move(refusal);
  call.line.action = served.what.full_name();
  json::object params;
  if (!trim(call.request.body).empty()) {
    const auto body = try_parse_json(call.request.body, {.max_depth = 1000});
    if (!body || !body->is_object())
      return platform_error(400, "The request content was malformed:\nThe body must be a JSON object.");
    params = body->get_object();
  }
  for (const auto& [name, value] : params) {
    if (served.rules.immutable.contains(std::string_view(name)))
      return platform_error(400, "Request defines parameters that are not allowed (e.g., reserved properties).");
  }
  auto wait = options_.max_wait;
  for (const auto& [key, value] : http::parse_query(call.request.query)) {
    long long number = 0;
    if (key != "timeout") continue;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || number < 0 || number > wait.count())
      return platform_error(400, cat("Timeout must be number of milliseconds up to ", wait.count(), "."));
    wait = std::chrono::milliseconds(number);
  }
  const auto activated = run(call, served, std::move(params), blocking ? wait : std::chrono::milliseconds(0));
  if (!activated) return http::ServerResponse::json(202, json::object{{"activationId", call.line.activation_id}});
  const auto& record = activated->record;
  return http::ServerResponse::json(record.success() ? 200 : 502,
                                    result_only ? record.result : json::value(record.to_json()));
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
