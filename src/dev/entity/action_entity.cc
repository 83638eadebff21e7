#include "dev/entity/action_entity.h"

#include <utility>

#include "base/text.h"
#include "dev/entity/json_form.h"

namespace adit::dev {
namespace {

constexpr std::string_view kProvideApiKey = "provide-api-key";

/// OpenWhisk's Actions.scala, amendAnnotations: `exec` is always the kind, and `provide-api-key` is false unless given.
json::object amended(json::object annotations, std::string_view kind) {
  annotations.emplace(kProvideApiKey, false);
  annotations["exec"] = kind;
  return annotations;
}

}  // namespace

std::string entity_path(std::string_view package, std::string_view name) {
  return package.empty() || package == "default" ? std::string(name) : cat(package, '/', name);
}

json::object ActionEntity::summary() const {
  return {{"namespace", name_space},
          {"name", name},
          {"version", version},
          {"publish", publish},
          {"exec", json::object{{"binary", binary}}},
          {"annotations", key_values(amended(annotations, kind))},
          {"limits", limits_json(limits)},
          {"updated", updated.time_since_epoch().count()}};
}

json::object ActionEntity::to_json() const {
  auto whole = summary();
  json::object exec = {{"kind", kind}};
  if (kind == "sequence") {
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

/// OpenWhisk's Parameters.isTruthy.
bool provides_api_key(const json::object& annotations) {
  const auto* value = annotations.if_contains(kProvideApiKey);
  if (value == nullptr) return true;
  if (value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_number()) return value->to_number<double>() != 0;
  return !value->is_string() || !value->get_string().empty();
}

}  // namespace adit::dev
