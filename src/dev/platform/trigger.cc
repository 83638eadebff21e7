#include "dev/platform/trigger.h"

#include <algorithm>

#include "base/text/text.h"
#include "dev/entity/messages.h"

namespace adit::dev {
namespace {

/// Returns a line of the trigger's log (Triggers.scala, RuleActivationResult).
std::string rule_line(const RuleEntity& rule, ActivationStatus status, std::string_view activation_id,
                      std::string_view error) {
  json::object line = {{"statusCode", static_cast<int>(status)}, {"success", status == ActivationStatus::success}};
  if (error.empty()) {
    line["activationId"] = activation_id;
  } else {
    line["error"] = error;
  }
  line["rule"] = cat(rule.name_space, '/', rule.name);
  line["action"] = rule.action.to_string().substr(1);
  return to_json(line);
}

}  // namespace

std::optional<ActivationRecord> fire_trigger(const Catalog& catalog, const DeployedTrigger& trigger,
                                             const json::object& event, const StartAction& start, const Clock& clock) {
  const auto rules = catalog.rules_of(trigger.entity.name);
  if (std::ranges::none_of(rules, &RuleEntity::active)) return std::nullopt;
  auto params = trigger.entity.parameters;
  for (const auto& [name, value] : event) params.insert_or_assign(name, value);

  ActivationRecord record;
  record.id = make_activation_id();
  record.name = trigger.entity.name;
  record.name_space = catalog.name_space();
  record.path = cat(record.name_space, '/', record.name);
  record.version = trigger.entity.version;
  record.is_trigger = true;
  record.start = record.end = clock.wall_now();
  record.result = event;
  for (const auto& rule : rules) {
    const auto served = catalog.resolve(rule.action);
    if (!rule.active) {
      record.logs.push_back(
          rule_line(rule, ActivationStatus::application_error, {},
                    messages::rule_inactive(cat(rule.name_space, '/', rule.name), rule.action.to_string().substr(1))));
    } else if (served == nullptr) {
      record.logs.push_back(rule_line(rule, ActivationStatus::application_error, {}, messages::kNotFound));
    } else {
      record.logs.push_back(rule_line(rule, ActivationStatus::success, start(served, params), {}));
    }
  }
  return record;
}

}  // namespace adit::dev
