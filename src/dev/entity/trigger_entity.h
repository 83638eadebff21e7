#pragma once

#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "dev/entity/entity_name.h"

namespace adit::dev {

/// A rule as the platform's API shows it (OpenWhisk's WhiskRule): when the trigger fires, the action runs. A value.
struct RuleEntity {
  std::string name_space;
  std::string name;
  std::string version = "0.0.1";
  bool publish = false;
  EntityPath trigger;
  EntityPath action;
  bool active = true;
  /// Whether the trigger has this rule. False after the trigger was deleted, even if it is created again, until the
  /// rule is changed or activated.
  bool in_trigger = true;
  json::object annotations;
  WallTime updated{};

  /// The form in lists. It does not say whether the rule is active, because the controller keeps that in the trigger.
  [[nodiscard]] json::object summary() const;
  [[nodiscard]] json::object to_json() const;
};

/// A trigger as the platform's API shows it (OpenWhisk's WhiskTrigger). A value.
struct TriggerEntity {
  std::string name_space;
  std::string name;
  std::string version = "0.0.1";
  bool publish = false;
  json::object parameters;
  json::object annotations;
  WallTime updated{};

  /// The form in lists.
  [[nodiscard]] json::object summary() const;
  /// With the rules of this trigger.
  [[nodiscard]] json::object to_json(const std::vector<RuleEntity>& rules) const;
};

}  // namespace adit::dev
