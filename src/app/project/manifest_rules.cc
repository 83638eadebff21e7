#include <array>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "app/project/manifest.h"
#include "app/yaml/shape.h"
#include "base/text.h"

namespace adit::app {
namespace {

const std::array<std::string, 2> kRuleKeys = {"trigger", "action"};

/// Names in file order, and for finding them.
struct Names {
  std::vector<std::string> all;
  std::set<std::string, std::less<>> known;

  void add(const std::string& name) {
    if (known.insert(name).second) all.push_back(name);
  }
  [[nodiscard]] bool contains(std::string_view name) const { return known.contains(name); }
};

void add_names_below(const YamlNode& package, std::initializer_list<std::string_view> keys, Names& names) {
  for (const auto key : keys) {
    const auto* map = package.find(key);
    if (map == nullptr) continue;
    for (const auto& entry : map->entries) names.add(entry.key);
  }
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

void check_rule(const YamlEntry& rule, const std::string& package, const Names& triggers, const Names& runnables,
                std::vector<Warning>& warnings) {
  const auto told = warnings.size();
  warn_of_unknown_keys(rule.value, kRuleKeys, cat("rule '", rule.key, "'"), Unknown::misspelt, warnings);
  if (warnings.size() > told) return;
  if (const auto* trigger = required_name(rule, "trigger", warnings);
      trigger != nullptr && !triggers.contains(trigger->text)) {
    warnings.push_back(
        {cat("The rule '", rule.key, "' has the trigger '", trigger->text, "', which the manifest does not have."),
         hint_of(trigger->text, triggers.all, "Correct the name, or define it below `triggers:`."), trigger->where()});
  }
  const auto* action = required_name(rule, "action", warnings);
  if (action == nullptr) return;
  const auto name = action->text.substr(action->text.rfind('/') + 1);
  if (runnables.contains(name)) return;
  warnings.push_back(
      {cat("The rule '", rule.key, "' starts '", action->text, "', which the package '", package, "' does not have."),
       hint_of(name, runnables.all, "Correct the name, or define the action."), action->where()});
}

}  // namespace

void check_rules(const YamlNode& packages, std::vector<Warning>& warnings) {
  Names triggers;
  for (const auto& package : packages.entries) add_names_below(package.value, {"triggers"}, triggers);
  for (const auto& package : packages.entries) {
    const auto* rules = package.value.find("rules");
    if (rules == nullptr) continue;
    Names runnables;
    add_names_below(package.value, {"actions", "sequences"}, runnables);
    for (const auto& rule : rules->entries) check_rule(rule, package.key, triggers, runnables, warnings);
  }
}

}  // namespace adit::app
