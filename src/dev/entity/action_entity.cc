#include "dev/entity/action_entity.h"

#include <utility>

#include "base/text/text.h"
#include "dev/entity/json_form.h"

namespace adit::dev {
namespace {

constexpr std::string_view kProvideApiKey = "provide-api-key";

/// As OpenWhisk's controller does (Actions.scala, amendAnnotations): sets `exec` to the kind, and `provide-api-key` to
/// false unless it was given.
json::object amended(json::object annotations, std::string_view kind) {
  annotations.emplace(kProvideApiKey, false);
  annotations["exec"] = kind;
  return annotations;
}

}  // namespace

std::string entity_path(std::string_view package, std::string_view name) {
  return package.empty() || package == "default" ? std::string(name) : cat(package, '/', name);
}

json::array ActionEntity::all_annotations() const { return key_values(amended(annotations, kind)); }

json::object ActionEntity::summary() const {
  return {{"namespace", name_space},
          {"name", name},
          {"version", version},
          {"publish", publish},
          {"exec", json::object{{"binary", binary}}},
          {"annotations", all_annotations()},
          {"limits", limits_json(limits)},
          {"updated", updated.time_since_epoch().count()}};
}

json::object ActionEntity::to_json() const {
  auto whole = summary();
  json::object exec = {{"kind", kind}};
  if (is_sequence()) {
    exec["components"] = json::array(components.begin(), components.end());
  } else {
    exec["binary"] = binary;
    if (!main.empty()) exec["main"] = main;
    if (!image.empty()) exec["image"] = image;
  }
  whole["exec"] = std::move(exec);
  whole["parameters"] = key_values(parameters);
  return whole;
}

bool provides_api_key(const json::object& annotations) {
  const auto* value = annotations.if_contains(kProvideApiKey);
  return value == nullptr || is_truthy(*value);
}

}  // namespace adit::dev
