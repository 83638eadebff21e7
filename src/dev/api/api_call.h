#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/http_server.h"

#include "dev/api/api.h"
#include "dev/entity/json_form.h"
#include "dev/platform/catalog.h"
#include "dev/platform/list_query.h"
#include "dev/platform/platform.h"
#include "dev/web/web_action.h"

namespace adit::dev {

/// A request to the platform's API (docs/protocols/openwhisk-api.md) that is being answered.
struct ApiCall {
  const http::ServerRequest& request;
  Platform& platform;
  const DevApiOptions& options;
  Catalog catalog;
  Caller caller;
  RequestLine line;
  /// Must be called before the first change that the request makes. Rejects the request if the caller may not write.
  std::function<void()> before_writing;

  [[nodiscard]] const std::string& query() const { return request.query; }
  [[nodiscard]] bool is(std::string_view method) const { return request.method == method; }
};

/// Returns the request's body, a JSON object; an empty body is an empty object. Rejects any other body with 415, 413 or
/// 400.
[[nodiscard]] json::object object_in_body(const http::ServerRequest& request);

/// Removes the first segment from `path` and returns it decoded: from `/first/rest`, it returns `first` and leaves
/// `/rest`. Returns `nullopt` if there is no segment, or if it cannot be decoded.
[[nodiscard]] std::optional<std::string> take_segment(std::string_view& path);
/// Returns `path` without `prefix`, or `nullopt` if it does not begin with it. A slash or the end must follow the
/// prefix.
[[nodiscard]] std::optional<std::string_view> path_after(std::string_view path, std::string_view prefix);
/// Returns the only segment of `path`, an entity's name. Rejects more segments with 404.
[[nodiscard]] std::string only_name(std::string_view path);

/// Rejects a name with 409 if an entity in another collection has it.
void check_collection(const ApiCall& call, const std::string& name, std::string_view collection);
[[nodiscard]] http::ServerResponse empty_answer(int status);
[[nodiscard]] http::ServerResponse wrong_method(std::string_view supported);
/// Rejects a body whose content type is not JSON with 415. A missing content type means JSON.
void check_type(const http::ServerRequest& request);

/// Answers with the part of a list that the query asks for, or with the number of members after `skip`. `json_of`
/// converts a member to JSON.
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

/// Describes a collection whose entities are in no package: its name, its entities, and what each method does with one
/// of them.
template <typename Entity>
struct CollectionCalls {
  std::string_view name;
  std::vector<std::shared_ptr<const Entity>> (Catalog::*all)() const;
  std::shared_ptr<const Entity> (*find)(const Catalog& catalog, const std::string& name);
  json::object (*summary)(const Entity& entity);
  http::ServerResponse (*get)(ApiCall& call, const Entity& entity);
  http::ServerResponse (*put)(ApiCall& call, const std::string& name);
  http::ServerResponse (*remove)(ApiCall& call, const std::string& name);
  /// Null if the entities do not accept POST.
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

/// Applies the members that all entities have, and sets the next version if this is an update.
template <typename Put, typename Entity>
void apply_common(const Put& put, Entity& entity, bool is_update, WallTime now) {
  entity.version = put.version ? *put.version : is_update ? next_version(entity.version) : entity.version;
  if (put.publish) entity.publish = *put.publish;
  if (put.annotations) entity.annotations = *put.annotations;
  entity.updated = now;
}

}  // namespace adit::dev
