#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "adit/app/manifest.h"
#include "adit/app/shape.h"
#include "adit/base/text.h"

namespace adit::app {
namespace {

const std::array<std::string, 2> kRuleKeys = {"trigger", "action"};

std::vector<std::string> names_below(const YamlNode& package, std::initializer_list<std::string_view> keys) {
  std::vector<std::string> names;
  for (const auto key : keys) {
    const auto* map = package.find(key);
    if (map == nullptr) continue;
    for (const auto& entry : map->entries) names.push_back(entry.key);
  }
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the rule names there; nullptr, and a warning, where it names nothing.
const YamlNode* required_name(const YamlEntry& rule, const std::string& key, std::vector<Warning>& warnings) {
  const auto* node = rule.value.find(key);
  if (node != nullptr && node->is_string() && !node->text.empty()) return node;
  warnings.push_back({cat("The rule '", rule.key, "' names no `", key, "`."),
                      cat("Add `", key, ":`: a rule is a trigger and what it starts."), rule.where()});
  return nullptr;
}

std::string hint_of(std::string_view name, const std::vector<std::string>& known, std::string_view otherwise) {
  const auto meant = nearest(name, known);
  return meant ? cat("Did you mean '", *meant, "'?") : std::string(otherwise);
}

void check_rule(const YamlEntry& rule, const std::string& package, const std::vector<std::string>& triggers,
                const std::vector<std::string>& runnables, std::vector<Warning>& warnings) {
  const auto told = warnings.size();
  warn_of_unknown_keys(rule.value, kRuleKeys, cat("rule '", rule.key, "'"), Unknown::misspelt, warnings);
  if (warnings.size() > told) return;
  if (const auto* trigger = required_name(rule, "trigger", warnings);
      trigger != nullptr && !contains(triggers, trigger->text)) {
    warnings.push_back(
        {cat("The rule '", rule.key, "' has the trigger '", trigger->text, "', which the manifest does not have."),
         hint_of(trigger->text, triggers, "Correct the name, or define it below `triggers:`."), trigger->where()});
  }
  const auto* action = required_name(rule, "action", warnings);
  if (action == nullptr) return;
  const auto name = action->text.substr(action->text.rfind('/') + 1);
  if (contains(runnables, name)) return;
  warnings.push_back(
      {cat("The rule '", rule.key, "' starts '", action->text, "', which the package '", package, "' does not have."),
       hint_of(name, runnables, "Correct the name, or define the action."), action->where()});
}

}  // namespace

void check_rules(const YamlNode& packages, std::vector<Warning>& warnings) {
  std::vector<std::string> triggers;
  for (const auto& package : packages.entries)
    for (auto& name : names_below(package.value, {"triggers"})) triggers.push_back(std::move(name));
  for (const auto& package : packages.entries) {
    const auto* rules = package.value.find("rules");
    if (rules == nullptr) continue;
    const auto runnables = names_below(package.value, {"actions", "sequences"});
    for (const auto& rule : rules->entries) check_rule(rule, package.key, triggers, runnables, warnings);
  }
}

}  // namespace adit::app
