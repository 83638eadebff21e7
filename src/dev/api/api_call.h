#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/http_server.h"

#include "dev/entity/json_form.h"
#include "dev/platform/api.h"
#include "dev/platform/catalog.h"
#include "dev/platform/list_query.h"
#include "dev/platform/platform.h"
#include "dev/web/web_action.h"

namespace adit::dev {

/// One request to the platform's API, while it is answered.
struct ApiCall {
  const http::ServerRequest& request;
  Platform& platform;
  const DevApiOptions& options;
  Catalog catalog;
  Caller caller;
  RequestLine line;
  /// Called before the first change that the request makes; rejects it if the caller may not write.
  std::function<void()> before_writing;

  [[nodiscard]] const std::string& query() const { return request.query; }
  [[nodiscard]] bool is(std::string_view method) const { return request.method == method; }
};

// Each answers a request for what stands behind `namespaces/NS/COLLECTION`, which begins with a slash or is empty.
[[nodiscard]] http::ServerResponse answer_packages(ApiCall& call, std::string_view path);
[[nodiscard]] http::ServerResponse answer_actions(ApiCall& call, std::string_view path);
[[nodiscard]] http::ServerResponse answer_triggers(ApiCall& call, std::string_view path);
[[nodiscard]] http::ServerResponse answer_rules(ApiCall& call, std::string_view path);

/// The same for another namespace than the caller's, where adit dev stands in for it (system_actions.h). `path` begins
/// with the collection.
[[nodiscard]] http::ServerResponse answer_system_namespace(ApiCall& call, const std::string& name_space,
                                                           std::string_view path);

/// `{"description", "runtimes", …}` of the host itself, of the API, and of a namespace's limits.
[[nodiscard]] json::object host_description();
[[nodiscard]] json::object api_description();
[[nodiscard]] json::object namespace_limits();

/// The API gateway's own actions, `whisk.system/apimgmt/{getApi,createApi,deleteApi}.http`.
[[nodiscard]] http::ServerResponse answer_api_management(ApiCall& call, std::string_view action);
struct Routed {
  /// The web action and its path, `PACKAGE/ACTION.json/REST`; empty if no route leads anywhere.
  std::string path{};
  /// What the gateway sends as `X-Require-Whisk-Auth`; empty if it sends nothing.
  Secret key{};
};
/// Where a route of an API leads.
[[nodiscard]] Routed route_of(const ApiCall& call);

/// Activates; `by_default`: it is blocking, and answers the result alone, unless the query says otherwise.
[[nodiscard]] http::ServerResponse invoke(ApiCall& call, const std::shared_ptr<const Served>& served, bool by_default);
/// Waits; null if it takes longer.
[[nodiscard]] std::shared_ptr<const Activated> run_for(ApiCall& call, const std::shared_ptr<const Served>& served,
                                                       json::object params, std::chrono::milliseconds wait);
/// A body that is a JSON object, or nothing; 415, 413 or 400 otherwise.
[[nodiscard]] json::object object_in_body(const http::ServerRequest& request);

/// The first part of `/first/rest`, decoded; `path` keeps the rest with its slash. Nothing if there is none.
[[nodiscard]] std::optional<std::string> take_segment(std::string_view& path);
/// `path` without `prefix` where it begins with it and ends there, or goes on with a slash.
[[nodiscard]] std::optional<std::string_view> behind(std::string_view path, std::string_view prefix);
/// The one name that is left of a path; 404 for more of them.
[[nodiscard]] std::string only_name(std::string_view path);

/// Rejects a name with 409 if an entity of another collection has it.
void check_collection(const ApiCall& call, const std::string& name, std::string_view collection);
[[nodiscard]] http::ServerResponse empty_answer(int status);
[[nodiscard]] http::ServerResponse wrong_method(std::string_view supported);
/// Rejects a body of another type than JSON with 415; one whose type is not said counts as JSON.
void check_type(const http::ServerRequest& request);

/// The part of a list that the query asks for, or how many there are behind what it skips. `json_of` makes a member.
template <typename Entity, typename JsonOf>
http::ServerResponse answer_list(const std::vector<std::shared_ptr<const Entity>>& all, std::string_view query,
                                 std::string_view collection, const JsonOf& json_of) {
  const auto asked = list_query(query, collection);
  const auto size = static_cast<int>(all.size());
  if (asked.count) return http::ServerResponse::json(200, json::object{{collection, std::max(0, size - asked.skip)}});
  json::array found;
  for (auto i = asked.skip; i < size && i < asked.skip + asked.limit; ++i)
    found.push_back(json_of(*all[static_cast<std::size_t>(i)]));
  return http::ServerResponse::json(200, found);
}

/// What is asked of a collection whose entities are in no package: its name, its entities, and what each method does
/// with one of them.
template <typename Entity>
struct CollectionCalls {
  std::string_view name;
  std::vector<std::shared_ptr<const Entity>> (Catalog::*all)() const;
  std::shared_ptr<const Entity> (*find)(const Catalog& catalog, const std::string& name);
  json::object (*summary)(const Entity& entity);
  http::ServerResponse (*get)(ApiCall& call, const Entity& entity);
  http::ServerResponse (*put)(ApiCall& call, const std::string& name);
  http::ServerResponse (*remove)(ApiCall& call, const std::string& name);
  /// Null if nothing can be posted to an entity.
  http::ServerResponse (*post)(ApiCall& call, const std::string& name) = nullptr;
};

template <typename Entity>
http::ServerResponse answer_collection(ApiCall& call, std::string_view path, const CollectionCalls<Entity>& calls) {
  if (path.empty() || path == "/") {
    if (!call.is("GET")) return wrong_method("GET");
    return answer_list((call.catalog.*calls.all)(), call.query(), calls.name, calls.summary);
  }
  const auto name = only_name(path);
  if (call.is("PUT")) return calls.put(call, name);
  if (call.is("DELETE")) return calls.remove(call, name);
  if (call.is("POST") && calls.post != nullptr) return calls.post(call, name);
  if (!call.is("GET")) return wrong_method(calls.post != nullptr ? "GET, DELETE, PUT, POST" : "GET, DELETE, PUT");
  if (const auto entity = calls.find(call.catalog, name)) return calls.get(call, *entity);
  check_collection(call, name, calls.name);
  return platform_error(404);
}

/// What an update changes of an entity.
template <typename Put, typename Entity>
void apply_common(const Put& put, Entity& entity, bool is_update, WallTime now) {
  entity.version = put.version ? *put.version : is_update ? next_version(entity.version) : entity.version;
  if (put.publish) entity.publish = *put.publish;
  if (put.annotations) entity.annotations = *put.annotations;
  entity.updated = now;
}

}  // namespace adit::dev
