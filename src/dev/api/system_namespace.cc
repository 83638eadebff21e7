#include "dev/api/system_namespace.h"

#include <memory>
#include <vector>

#include "dev/api/invoke.h"
#include "dev/entity/action_entity.h"
#include "dev/entity/entity_name.h"
#include "dev/entity/package_entity.h"
#include "dev/web/web_action.h"

namespace adit::dev {

http::ServerResponse answer_system_namespace(ApiCall& call, const std::string& name_space, std::string_view path) {
  check_namespace_name(name_space);
  const auto* packages = call.platform.system_actions().packages(name_space);
  const auto summary = [](const auto& entity) { return entity.summary(); };
  if (packages == nullptr) {
    // Any caller may list the public packages of any namespace.
    if (!call.is("GET") || (path != "packages" && path != "packages/")) return platform_error(403);
    return answer_list<PackageEntity>({}, call.query(), "packages", summary);
  }
  const auto shown = [&](const std::string& name) {
    PackageEntity package;
    package.name_space = name_space;
    package.name = name;
    package.publish = true;
    return package;
  };
  if (const auto rest = path_after(path, "packages")) {
    if (!call.is("GET")) return platform_error(403);
    if (!rest->empty() && *rest != "/") {
      const auto name = only_name(*rest);
      if (!packages->contains(name)) return platform_error(404);
      return http::ServerResponse::json(200, shown(name).to_json_with(packages->at(name)));
    }
    std::vector<std::shared_ptr<const PackageEntity>> all;
    for (const auto& [name, members] : *packages) all.push_back(std::make_shared<const PackageEntity>(shown(name)));
    return answer_list(all, call.query(), "packages", summary);
  }
  auto rest = path_after(path, "actions");
  if (!rest) return platform_error(404);
  if (!call.is("GET") && !call.is("POST")) return platform_error(403);
  const auto package = take_segment(*rest);
  if (package && *rest == "/" && call.is("GET")) {
    std::vector<std::shared_ptr<const ActionEntity>> all;
    if (const auto found = packages->find(*package); found != packages->end())
      for (const auto& action : found->second) all.push_back(std::make_shared<const ActionEntity>(action));
    return answer_list(all, call.query(), "actions", summary);
  }
  const auto name = take_segment(*rest);
  const auto served = package && name ? call.catalog.resolve({name_space, *package, *name}) : nullptr;
  if (served == nullptr) return platform_error(404);
  if (call.is("GET")) return http::ServerResponse::json(200, served->entity.to_json());
  if (name_space == "whisk.system") call.before_writing();  // a feed changes the trigger that it serves
  return invoke(call, served, false);
}

}  // namespace adit::dev
