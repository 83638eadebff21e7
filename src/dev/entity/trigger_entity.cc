#include "dev/entity/trigger_entity.h"

#include <utility>

#include "base/text/text.h"
#include "dev/entity/json_form.h"

namespace adit::dev {
namespace {

json::object reference(const EntityPath& to) { return {{"path", to.path()}, {"name", to.name}}; }

std::string_view status_of(const RuleEntity& rule) { return rule.active ? "active" : "inactive"; }

}  // namespace

json::object RuleEntity::summary() const {
  return {{"namespace", name_space},
          {"name", name},
          {"version", version},
          {"publish", publish},
          {"trigger", reference(trigger)},
          {"action", reference(action)},
          {"annotations", key_values(annotations)},
          {"updated", updated.time_since_epoch().count()}};
}

json::object RuleEntity::to_json() const {
  auto whole = summary();
  whole["status"] = status_of(*this);
  return whole;
}

json::object TriggerEntity::summary() const {
  return {{"namespace", name_space},
          {"name", name},
          {"version", version},
          {"publish", publish},
          {"annotations", key_values(annotations)},
          {"updated", updated.time_since_epoch().count()}};
}

json::object TriggerEntity::to_json(const std::vector<RuleEntity>& rules) const {
  auto whole = summary();
  whole["parameters"] = key_values(parameters);
  whole["limits"] = json::object();
  json::object started;
  for (const auto& rule : rules)
    started[cat(rule.name_space, '/', rule.name)] =
        json::object{{"action", reference(rule.action)}, {"status", status_of(rule)}};
  whole["rules"] = std::move(started);
  return whole;
}

}  // namespace adit::dev
