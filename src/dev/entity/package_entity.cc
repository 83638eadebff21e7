#include "dev/entity/package_entity.h"

#include <utility>

#include "dev/entity/json_form.h"

namespace adit::dev {
namespace {

json::object binding_json(const std::optional<PackageEntity::Binding>& binding) {
  if (!binding) return {};
  return {{"namespace", binding->name_space}, {"name", binding->name}};
}

}  // namespace

/// As the controller does (Packages.scala, bindingAnnotation): its own annotation `binding` shows clients of lists
/// which package this one is bound to.
json::object PackageEntity::summary() const {
  auto all = annotations;
  all.erase("binding");
  if (binding) all["binding"] = binding_json(binding);
  return {{"namespace", name_space},
          {"name", name},
          {"version", version},
          {"publish", publish},
          {"annotations", key_values(all)},
          {"binding", binding ? json::value(binding_json(binding)) : json::value(false)},
          {"updated", updated.time_since_epoch().count()}};
}

json::object PackageEntity::to_json() const {
  auto whole = summary();
  whole["binding"] = binding_json(binding);
  whole["parameters"] = key_values(parameters);
  return whole;
}

json::object PackageEntity::to_json_with(const std::vector<ActionEntity>& actions) const {
  json::array plain;
  json::array feeds;
  for (const auto& action : actions) {
    const auto* feed = action.annotations.if_contains("feed");
    json::object entry = {
        {"name", action.name}, {"version", action.version}, {"annotations", action.all_annotations()}};
    (feed != nullptr && is_truthy(*feed) ? feeds : plain).emplace_back(std::move(entry));
  }
  auto whole = to_json();
  whole["actions"] = std::move(plain);
  whole["feeds"] = std::move(feeds);
  return whole;
}

}  // namespace adit::dev
