#include "dev/api/actions.h"

#include <utility>

#include "base/text/text.h"
#include "dev/api/invoke.h"
#include "dev/api/system_namespace.h"
#include "dev/entity/entity_body.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

constexpr std::string_view kActions = "actions";

json::object summary_of(const ActionEntity& entity) { return entity.summary(); }

/// Overwrites the limits that an update contains, and keeps the others.
void apply_limits(const ActionPut::LimitsPut& put, app::Limits& limits) {
  if (put.timeout) limits.timeout = *put.timeout;
  if (put.memory_mb) limits.memory_mb = *put.memory_mb;
  if (put.logs_mb) limits.logs_mb = *put.logs_mb;
  if (put.concurrency) limits.concurrency = *put.concurrency;
}

/// An update adds annotations to the existing ones, and deletes those in `delAnnotations`.
json::object updated_annotations(json::object before, const ActionPut& put) {
  for (const auto& name : put.deleted_annotations) before.erase(name);
  if (put.annotations)
    for (const auto& [name, value] : *put.annotations) before.insert_or_assign(name, value);
  return before;
}

void apply_exec(ApiCall& call, const EntityPath& self, const ActionPut& put, DeployedAction& action) {
  auto& entity = action.entity;
  if (!put.exec) {
    if (put.parameters && !entity.is_sequence()) entity.parameters = *put.parameters;
    return;
  }
  const bool was_sequence = entity.is_sequence();
  const auto& exec = *put.exec;
  entity.kind = exec.kind;
  entity.main = exec.main;
  entity.image = exec.image;
  entity.binary = exec.binary;
  entity.components.clear();
  if (exec.kind == "sequence") {
    const auto refusal = call.catalog.sequence_refusal_of(self, exec.components);
    if (!refusal.empty()) reject(400, refusal);
    for (const auto& component : exec.components) entity.components.push_back(component.to_string());
    action.code.clear();
    entity.parameters = {{"_actions", json::array(entity.components.begin(), entity.components.end())}};
    return;
  }
  if (put.parameters) {
    entity.parameters = *put.parameters;
  } else if (was_sequence) {
    entity.parameters.clear();  // the parameters of a sequence are not those of an action
  }
  action.code = call.platform.store().keep_code(exec.code);
}

/// Returns the JSON of an entity with its deployed code. An action whose kind is an image may have none.
json::object with_code(const ApiCall& call, const ActionEntity& entity, const DeployedAction& deployed) {
  auto whole = entity.to_json();
  if (deployed.code.empty()) return whole;
  const auto code = call.platform.store().code(deployed.code);
  if (!code.empty() || entity.kind != "blackbox") whole["exec"].get_object()["code"] = code;
  return whole;
}

http::ServerResponse put_action(ApiCall& call, const EntityPath& self) {
  const bool overwrite = flag(call.query(), "overwrite", false);
  check_type(call.request);
  const auto put = read_action_put(call.request.body, call.catalog.name_space());
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  if (!self.package.empty()) {
    const auto package = call.catalog.package(self.package);
    if (package == nullptr) reject(404, messages::kNotFound);
    if (package->binding) reject(400, messages::kNotOnBinding);
  } else {
    check_collection(call, self.name, kActions);
  }
  const EntityKey key{self.package, self.name};
  const auto deployed = store.find<DeployedAction>(key);
  const auto known = deployed ? std::shared_ptr<const ActionEntity>(deployed, &deployed->entity) : [&] {
    const auto own = call.catalog.action(self.package, self.name);
    return own ? std::shared_ptr<const ActionEntity>(own, &own->entity) : nullptr;
  }();
  if (known && !overwrite) reject(409, messages::kAlreadyExists);
  if (!deployed && !put.exec) reject(400, messages::kExecUndefined);
  DeployedAction action;
  if (deployed) {
    action = *deployed;
  } else if (known) {
    action.entity.version = known->version;  // it replaces the project's action of the same name
  }
  auto& entity = action.entity;
  entity.name_space = self.path();
  entity.name = self.name;
  apply_exec(call, self, put, action);
  apply_limits(put.limits, entity.limits);
  const auto annotations = updated_annotations(entity.annotations, put);
  apply_common(put, entity, known != nullptr, call.platform.clock().wall_now());
  entity.annotations = annotations;
  if (!deployed) entity.annotations.emplace("provide-api-key", false);
  store.put<DeployedAction>(key, action);
  return http::ServerResponse::json(200, with_code(call, entity, action));
}

http::ServerResponse delete_action(ApiCall& call, const EntityPath& self) {
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  if (!self.package.empty()) {
    const auto package = call.catalog.package(self.package);
    if (package != nullptr && package->binding) reject(400, messages::kNotOnBinding);
  }
  const EntityKey key{self.package, self.name};
  const auto deployed = store.find<DeployedAction>(key);
  if (!deployed) {
    if (call.catalog.action(self.package, self.name) != nullptr) reject(409, messages::kOfTheProject);
    if (self.package.empty()) check_collection(call, self.name, kActions);
    reject(404, messages::kNotFound);
  }
  const auto answer = with_code(call, deployed->entity, *deployed);
  store.remove<DeployedAction>(key);
  return http::ServerResponse::json(200, answer);
}

http::ServerResponse list_of_package(ApiCall& call, const std::string& name) {
  check_entity_name(name);
  const auto package = call.catalog.package(name);
  if (package == nullptr) return platform_error(404);
  if (!package->binding) return answer_list(call.catalog.actions_in(name), call.query(), kActions, summary_of);
  const auto& to = *package->binding;
  if (to.name_space == call.catalog.name_space())
    return answer_list(call.catalog.actions_in(to.name), call.query(), kActions, summary_of);
  return answer_system_namespace(call, to.name_space, cat("actions/", to.name, "/"));
}

}  // namespace

http::ServerResponse answer_actions(ApiCall& call, std::string_view path) {
  const auto first = take_segment(path);
  if (!first) {
    if (!call.is("GET")) return wrong_method("GET");
    return answer_list(call.catalog.actions(), call.query(), kActions, summary_of);
  }
  if (path == "/" && call.is("GET")) return list_of_package(call, *first);
  const auto second = take_segment(path);
  if (!path.empty()) return platform_error(404);
  for (const auto* name : {&*first, second ? &*second : &*first}) check_entity_name(*name);
  const EntityPath self{call.catalog.name_space(), second && *first != "default" ? *first : "",
                        second ? *second : *first};
  if (call.is("PUT")) return put_action(call, self);
  if (call.is("DELETE")) return delete_action(call, self);
  if (!call.is("GET") && !call.is("POST")) return wrong_method("GET, DELETE, PUT, POST");
  const auto served = call.catalog.action(self.package, self.name);
  if (served == nullptr) {
    if (self.package.empty()) check_collection(call, self.name, kActions);
    return platform_error(404);
  }
  if (call.is("POST")) return invoke(call, served, false);
  const bool code_wanted = flag(call.query(), "code", true) && served->deployed;
  return http::ServerResponse::json(
      200, code_wanted ? with_code(call, served->entity, *served->deployed) : served->entity.to_json());
}

}  // namespace adit::dev
