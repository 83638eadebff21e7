#include "dev/api/api_gateway.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text/text.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

struct Route {
  std::string base_path;
  std::string path;
  /// In lower case.
  std::string method;
  std::string title;
  std::string package;
  std::string action;
  std::string extension;
  /// The key that the action's `require-whisk-auth` requires. Empty if it requires none.
  std::string key;
};

constexpr std::string_view kKeyHeader = "message.headers.X-Require-Whisk-Auth";

std::string member_text(const json::object& object, std::string_view name) {
  return std::string(string_member(object, name));
}

/// Returns a parameter of the query. npm's openwhisk sends `undefined` for a parameter that its caller did not give.
std::optional<std::string> query_parameter(const ApiCall& call, std::string_view name) {
  auto value = parameter(call.query(), name);
  return value != "undefined" ? value : std::nullopt;
}

json::object operation_json(const Route& route, const std::string& name_space, const std::string& origin) {
  const auto place = entity_path(route.package, route.action);
  const auto url = cat(origin, "/api/v1/web/", name_space, '/', route.package.empty() ? "default" : route.package, '/',
                       route.action, '.', route.extension);
  return {{"operationId", cat(route.method, '_', route.path)},
          {"x-openwhisk", json::object{{"namespace", name_space},
                                       {"package", route.package},
                                       {"action", route.action},
                                       {"name", place},
                                       {"url", url}}},
          {"responses", json::object{{"default", json::object{{"description", "Default response"}}}}}};
}

const json::array& array_in(const json::value& value, std::string_view name) {
  static const json::array kNone;
  const auto* object = value.if_object();
  const auto* found = object != nullptr ? object->if_contains(name) : nullptr;
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

const json::value& value_in(const json::value& value, std::string_view name) {
  static const json::value kNone;
  const auto* object = value.if_object();
  const auto* found = object != nullptr ? object->if_contains(name) : nullptr;
  return found != nullptr ? *found : kNone;
}

/// Return the member as an object or array. A value of another type, in a document that the caller wrote, is replaced.
json::object& object_at(json::object& object, std::string_view name) {
  auto& member = object[name];
  if (!member.is_object()) member = json::object();
  return member.get_object();
}

json::array& array_at(json::object& object, std::string_view name) {
  auto& member = object[name];
  if (!member.is_array()) member = json::array();
  return member.get_array();
}

/// Returns what the gateway does for one operation before it calls the action: it sets the header with the key.
json::object operation_switch(const Route& route, const std::string& operation_id) {
  const json::object set = {{"actions", json::array{json::object{{"set", kKeyHeader}, {"value", route.key}}}}};
  return {{"operations", json::array{json::string(operation_id)}},
          {"execute", json::array{json::object{{"set-variable", set}}}}};
}

/// Returns the key that the gateway sends with the calls of an operation. Empty if it sends none.
std::string key_for(const json::object& document, std::string_view operation_id) {
  const auto* configuration = document.if_contains("x-ibm-configuration");
  if (configuration == nullptr) return {};
  for (const auto& step : array_in(value_in(*configuration, "assembly"), "execute"))
    for (const auto& one : array_in(value_in(step, "operation-switch"), "case")) {
      const auto& operations = array_in(one, "operations");
      if (std::ranges::find(operations, json::value(json::string(operation_id))) == operations.end()) continue;
      for (const auto& executed : array_in(one, "execute"))
        for (const auto& action : array_in(value_in(executed, "set-variable"), "actions"))
          if (action.is_object() && string_member(action.get_object(), "set") == kKeyHeader)
            return member_text(action.get_object(), "value");
    }
  return {};
}

void add_route(json::object& document, const Route& route, const std::string& name_space, const std::string& origin) {
  if (document.empty())
    document = {{"swagger", "2.0"},
                {"info", json::object{{"title", route.title}, {"version", "1.0.0"}}},
                {"basePath", route.base_path},
                {"paths", json::object()}};
  auto& methods = object_at(object_at(document, "paths"), route.path);
  auto operation = operation_json(route, name_space, origin);
  if (!route.key.empty()) {
    json::object step = {{"case", json::array{operation_switch(route, member_text(operation, "operationId"))}}};
    auto& steps = array_at(object_at(object_at(document, "x-ibm-configuration"), "assembly"), "execute");
    steps.insert(steps.begin(), json::object{{"operation-switch", std::move(step)}});
  }
  methods[route.method] = std::move(operation);
}

/// Returns the documents of all APIs by base path. A deployed API replaces the project's own.
std::map<std::string, json::object> documents(const ApiCall& call) {
  std::map<std::string, json::object> all;
  const auto& configuration = call.catalog.configuration();
  for (const auto* route : configuration.project.routes()) {
    const auto slash = route->action.find('/');
    const auto package = route->action.substr(0, slash);
    add_route(all[route->base_path],
              {route->base_path, route->path, to_lower(route->method), route->api,
               package == "default" ? std::string() : package, route->action.substr(slash + 1), route->response,
               std::string()},
              configuration.runtime.name_space, configuration.runtime.api_host);
  }
  const auto deployed = call.platform.store().all<DeployedApi>();
  for (auto api = deployed.rbegin(); api != deployed.rend(); ++api) all[(*api)->base_path] = (*api)->document;
  return all;
}

json::object described(const std::string& origin, const std::string& base_path, const json::object& document) {
  return {{"apidoc", document}, {"gwApiActivated", true}, {"gwApiUrl", cat(origin, base_path)}};
}

/// Returns the extension in a URL such as `…/web/NS/PACKAGE/ACTION.http`.
std::string extension_in(std::string_view url) {
  const auto name = url.substr(url.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string("json") : std::string(name.substr(dot + 1));
}

Route route_in(const json::object& apidoc, const std::string& name_space) {
  const auto* action = apidoc.if_contains("action");
  Route route{.base_path = member_text(apidoc, "gatewayBasePath"),
              .path = member_text(apidoc, "gatewayPath"),
              .method = to_lower(string_member(apidoc, "gatewayMethod")),
              .title = member_text(apidoc, "apiName"),
              .package = {},
              .action = {},
              .extension = {},
              .key = {}};
  if (action == nullptr || !action->is_object() || !route.base_path.starts_with('/') || !route.path.starts_with('/') ||
      route.method.empty())
    reject(400, "apidoc is missing a field: gatewayBasePath, gatewayPath, gatewayMethod and action are needed.");
  if (route.title.empty()) route.title = route.base_path;
  auto name = member_text(action->get_object(), "name");
  for (const auto& own : {cat('/', name_space, '/'), std::string("/_/")})
    if (name.starts_with(own)) name = name.substr(own.size());
  const auto slash = name.find('/');
  if (slash != std::string::npos) route.package = name.substr(0, slash);
  route.action = slash == std::string::npos ? name : name.substr(slash + 1);
  route.extension = extension_in(string_member(action->get_object(), "backendUrl"));
  route.key = member_text(action->get_object(), "secureKey");
  return route;
}

http::ServerResponse create_api(ApiCall& call) {
  const auto body = object_in_body(call.request);
  const auto* given = body.if_contains("apidoc");
  std::optional<json::value> parsed;
  if (given != nullptr && given->is_string()) {
    parsed = try_parse_json(given->get_string());
    given = parsed ? &*parsed : nullptr;
  }
  if (given == nullptr || !given->is_object()) reject(400, "apidoc is required.");
  const auto& apidoc = given->get_object();
  const auto& origin = call.catalog.configuration().runtime.api_host;
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  json::object document;
  std::string base_path;
  if (const auto* swagger = apidoc.if_contains("swagger")) {
    const auto whole = swagger->is_string() ? try_parse_json(swagger->get_string()) : std::optional(*swagger);
    if (!whole || !whole->is_object()) reject(400, "swagger is not a JSON object.");
    document = whole->get_object();
    base_path = member_text(document, "basePath");
    if (!base_path.starts_with('/')) reject(400, "swagger has no basePath.");
  } else {
    const auto route = route_in(apidoc, call.catalog.name_space());
    base_path = route.base_path;
    const auto served = call.catalog.action(route.package, route.action);
    if (served == nullptr || !served->rules.exported)
      reject(400, cat("API action '", entity_path(route.package, route.action), "' is not a web action that exists."));
    if (const auto known = store.find<DeployedApi>({{}, base_path})) document = known->document;
    add_route(document, route, call.catalog.name_space(), origin);
  }
  store.put<DeployedApi>({{}, base_path}, {base_path, document});
  return http::ServerResponse::json(200, described(origin, base_path, document));
}

http::ServerResponse delete_api(ApiCall& call) {
  const auto base_path = query_parameter(call, "basepath").value_or("");
  const auto path = query_parameter(call, "relpath");
  const auto method = query_parameter(call, "operation");
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  std::shared_ptr<const DeployedApi> found = store.find<DeployedApi>({{}, base_path});
  for (const auto& api : store.all<DeployedApi>()) {  // find it by its title
    const auto* info = api->document.if_contains("info");
    if (!found && info != nullptr && info->is_object() && string_member(info->get_object(), "title") == base_path)
      found = api;
  }
  if (!found) reject(404, "API does not exist.");
  auto document = found->document;
  auto* paths = document["paths"].if_object();
  if (path && paths != nullptr) {
    auto* methods = paths->contains(*path) ? paths->at(*path).if_object() : nullptr;
    if (methods == nullptr) reject(404, cat("API path '", *path, "' does not exist."));
    if (method) methods->erase(to_lower(*method));
    if (!method || methods->empty()) paths->erase(*path);
  }
  if (!path || paths == nullptr || paths->empty()) {
    store.remove<DeployedApi>({{}, found->base_path});
  } else {
    store.put<DeployedApi>({{}, found->base_path}, {found->base_path, document});
  }
  return http::ServerResponse::json(200, json::object());
}

http::ServerResponse get_apis(const ApiCall& call) {
  const auto wanted = query_parameter(call, "basepath").value_or("");
  json::array found;
  for (const auto& [base_path, document] : documents(call)) {
    const auto* info = document.if_contains("info");
    const auto title = info != nullptr && info->is_object() ? string_member(info->get_object(), "title") : "";
    if (!wanted.empty() && wanted != base_path && wanted != title) continue;
    const auto& origin = call.catalog.configuration().runtime.api_host;
    found.push_back(json::object{{"id", cat("API:", call.catalog.name_space(), ':', base_path)},
                                 {"key", cat(call.catalog.name_space(), ':', base_path)},
                                 {"value", described(origin, base_path, document)}});
  }
  return http::ServerResponse::json(200, json::object{{"apis", std::move(found)}});
}

/// Whether a path matches a template, as `/orders/42` matches `/orders/{id}`.
bool matches_template(std::string_view path, std::string_view pattern) {
  while (!path.empty() && !pattern.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const auto part = path.substr(0, end);
    const auto wanted = pattern.substr(0, pattern_end);
    const bool is_parameter = wanted.starts_with("/{") && wanted.ends_with('}') && part.size() > 1;
    if (!is_parameter && part != wanted) return false;
    path.remove_prefix(end);
    pattern.remove_prefix(pattern_end);
  }
  return path.empty() && pattern.empty();
}

}  // namespace

http::ServerResponse answer_api_management(ApiCall& call, std::string_view action) {
  if (action.starts_with("getApi")) return get_apis(call);
  if (action.starts_with("createApi")) return create_api(call);
  if (action.starts_with("deleteApi")) return delete_api(call);
  return platform_error(404);
}

Routed route_of(const ApiCall& call) {
  const std::string_view path = call.request.path;
  const auto method = to_lower(call.request.head ? "HEAD" : call.request.method);
  for (const auto& [base_path, document] : documents(call)) {
    const auto below = base_path == "/" ? std::optional(path) : path_after(path, base_path);
    const auto* paths = document.if_contains("paths");
    if (!below || paths == nullptr || !paths->is_object()) continue;
    for (const auto& [pattern, methods] : paths->get_object()) {
      if (!methods.is_object() || !matches_template(below->empty() ? "/" : *below, pattern)) continue;
      const auto* operation = methods.get_object().if_contains(method == "options" ? "get" : method);
      if (operation == nullptr || !operation->is_object()) continue;
      const auto* to = operation->get_object().if_contains("x-openwhisk");
      if (to == nullptr || !to->is_object()) continue;
      const auto package = string_member(to->get_object(), "package");
      const bool has_parameter = pattern.find('{') != json::string::npos;
      return {.path = cat(package.empty() ? "default" : package, '/', string_member(to->get_object(), "action"), '.',
                          extension_in(string_member(to->get_object(), "url")),
                          has_parameter ? *below : std::string_view()),
              .key = Secret(key_for(document, string_member(operation->get_object(), "operationId")))};
    }
  }
  return {};
}

}  // namespace adit::dev
