#include "dev/api/packages.h"

#include <utility>

#include "base/text/text.h"
#include "dev/entity/entity_body.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {
namespace {

json::object summary_of_package(const PackageEntity& package) { return package.summary(); }

void check_binding(const ApiCall& call, const PackageEntity::Binding& to) {
  if (to.name_space != call.catalog.name_space()) {
    const auto* packages = call.platform.system_actions().packages(to.name_space);
    if (packages == nullptr || !packages->contains(to.name))
      reject(403, messages::not_authorized_for(cat(to.name_space, '/', to.name)));
    return;
  }
  const auto target = call.catalog.package(to.name);
  if (target == nullptr) {
    if (!call.catalog.collection_of(to.name).empty()) reject(409, messages::kBindingToOther);
    reject(400, messages::kBindingMissing);
  }
  if (target->binding) reject(400, messages::kBindingToBinding);
}

std::vector<ActionEntity> members_of(const ApiCall& call, const std::string& name_space, const std::string& name) {
  std::vector<ActionEntity> members;
  if (name_space == call.catalog.name_space()) {
    for (const auto& action : call.catalog.actions_in(name)) members.push_back(*action);
  } else if (const auto* packages = call.platform.system_actions().packages(name_space)) {
    if (const auto found = packages->find(name); found != packages->end()) members = found->second;
  }
  return members;
}

/// For a binding, the answer has the contents of the package that it refers to, and the parameters of both.
http::ServerResponse get_package(ApiCall& call, const PackageEntity& package) {
  if (!package.binding)
    return http::ServerResponse::json(200, package.to_json_with(members_of(call, package.name_space, package.name)));
  const auto& to = *package.binding;
  auto shown = package;
  if (const auto target = to.name_space == call.catalog.name_space() ? call.catalog.package(to.name) : nullptr) {
    auto params = target->parameters;
    for (const auto& [name, value] : package.parameters) params.insert_or_assign(name, value);
    shown.parameters = std::move(params);
  }
  return http::ServerResponse::json(200, shown.to_json_with(members_of(call, to.name_space, to.name)));
}

http::ServerResponse put_package(ApiCall& call, const std::string& name) {
  const bool overwrite = flag(call.query(), "overwrite", false);
  if (name == "default") reject(400, messages::package_name_reserved(name));
  check_type(call.request);
  const auto put = read_package_put(call.request.body, call.catalog.name_space());
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  check_collection(call, name, "packages");
  const auto known = call.catalog.package(name);
  if (known && !overwrite) reject(409, messages::kAlreadyExists);
  if (put.binding) {
    if (known && !known->binding) reject(409, messages::kPackageNotBinding);
    check_binding(call, *put.binding);
  }
  PackageEntity package;
  if (known) package = *known;
  package.name_space = call.catalog.name_space();
  package.name = name;
  if (put.binding) package.binding = put.binding;
  if (put.parameters) package.parameters = *put.parameters;
  apply_common(put, package, known != nullptr, call.platform.clock().wall_now());
  package.annotations.erase("binding");
  store.put<PackageEntity>({{}, name}, package);
  return http::ServerResponse::json(200, package.to_json());
}

http::ServerResponse delete_package(ApiCall& call, const std::string& name) {
  const bool force = flag(call.query(), "force", false);
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  const auto deployed = store.find<PackageEntity>({{}, name});
  if (!deployed) {
    if (call.catalog.package(name) != nullptr) reject(409, messages::kOfTheProject);
    check_collection(call, name, "packages");
    reject(404, messages::kNotFound);
  }
  if (!deployed->binding) {
    const auto members = store.actions_in(name);
    if (!members.empty() && !force) reject(409, messages::package_not_empty(members.size()));
    for (const auto& action : members) store.remove<DeployedAction>({name, action->entity.name});
  }
  store.remove<PackageEntity>({{}, name});
  return http::ServerResponse::json(200, deployed->to_json());
}

}  // namespace

http::ServerResponse answer_packages(ApiCall& call, std::string_view path) {
  return answer_collection<PackageEntity>(
      call, path,
      {.name = "packages",
       .all = &Catalog::packages,
       .find = [](const Catalog& catalog, const std::string& name) { return catalog.package(name); },
       .summary = summary_of_package,
       .get = get_package,
       .put = put_package,
       .remove = delete_package});
}

}  // namespace adit::dev
