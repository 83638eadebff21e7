#include "app/manifest/manifest_rules.h"

#include <array>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

#include "app/yaml/shape.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

const std::array<std::string, 2> kRuleKeys = {"trigger", "action"};

/// Names in file order, and as a set for lookups.
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

/// Returns the value of the rule's key; warns and returns nullptr if it names nothing.
const YamlNode* required_name(const YamlEntry& rule, const std::string& key, std::vector<Warning>& warnings) {
  const auto* node = rule.value.find(key);
  if (node != nullptr && node->is_string() && !node->text.empty()) return node;
  warnings.push_back({cat("The rule '", rule.key, "' has no `", key, "`."),
                      cat("Add `", key, ":`: a rule is a trigger and what it starts."), rule.where(), "",
                      Warning::Kind::refused});
  return nullptr;
}

std::string hint_of(std::string_view name, const std::vector<std::string>& known, std::string_view otherwise) {
  const auto meant = nearest(name, known);
  return meant ? cat("Did you mean '", *meant, "'?") : std::string(otherwise);
}

void check_rule(const YamlEntry& rule, const std::string& package, const Names& triggers, const Names& runnables,
                std::vector<Warning>& warnings) {
  const auto before = warnings.size();
  warn_of_unknown_keys(rule.value, kRuleKeys, cat("rule '", rule.key, "'"), Unknown::misspelt, warnings);
  if (warnings.size() > before) return;
  if (const auto* trigger = required_name(rule, "trigger", warnings);
      trigger != nullptr && !triggers.contains(trigger->text)) {
    warnings.push_back(
        {cat("The rule '", rule.key, "' has the trigger '", trigger->text, "', which the manifest does not have."),
         hint_of(trigger->text, triggers.all, "Correct the name, or define it below `triggers:`."), trigger->where(),
         "", Warning::Kind::refused});
  }
  const auto* action = required_name(rule, "action", warnings);
  if (action == nullptr) return;
  const auto name = action->text.substr(action->text.rfind('/') + 1);
  if (runnables.contains(name)) return;
  warnings.push_back(
      {cat("The rule '", rule.key, "' starts '", action->text, "', which the package '", package, "' does not have."),
       hint_of(name, runnables.all, "Correct the name, or define the action."), action->where(), "",
       Warning::Kind::refused});
}

Warning refused(std::string message, std::string hint, const SourcePosition& where) {
  return {std::move(message), std::move(hint), where, "", Warning::Kind::refused};
}

/// A route of `apis:` must lead to a web action or a web sequence of its own package.
void check_route(const YamlEntry& route, const YamlNode& package, const Names& runnables,
                 std::vector<Warning>& warnings) {
  const auto& name = route.key;
  if (!runnables.contains(name)) {
    warnings.push_back(refused(cat("The route leads to '", name, "', which its package does not have."),
                               hint_of(name, runnables.all, "Correct the name, or define the action."), route.where()));
    return;
  }
  for (const auto* kind : {"actions", "sequences"}) {
    const auto* map = package.find(kind);
    const auto* runnable = map == nullptr ? nullptr : map->find(name);
    if (runnable == nullptr) continue;
    const auto* web = runnable->find("web");
    const auto* annotations = runnable->find("annotations");
    const auto* exported = annotations == nullptr ? nullptr : annotations->find("web-export");
    const auto is_set = [](const YamlNode* node) {
      return node != nullptr && (node->is_string() ? !node->text.empty() : node->boolean);
    };
    if (!is_set(web) && !is_set(exported))
      warnings.push_back(refused(cat("The route leads to '", name, "', which is not a web action."),
                                 cat("Add `web: 'yes'` to ", name, "."), route.where()));
    return;
  }
}

void check_apis(const YamlEntry& package, const Names& runnables, std::vector<Warning>& warnings) {
  const auto* apis = package.value.find("apis");
  if (apis == nullptr) return;
  for (const auto& api : apis->entries) {
    if (api.value.is_null())
      warnings.push_back(refused(cat("The API '", api.key, "' is empty."),
                                 "Write a base path, a path and the action below it, or remove it.", api.where()));
    for (const auto& base : api.value.entries)
      for (const auto& path : base.value.entries)
        for (const auto& route : path.value.entries) check_route(route, package.value, runnables, warnings);
  }
}

void check_dependencies(const YamlEntry& package, std::vector<Warning>& warnings) {
  const auto* dependencies = package.value.find("dependencies");
  if (dependencies == nullptr) return;
  for (const auto& dependency : dependencies->entries) {
    const auto* location = dependency.value.find("location");
    if (location == nullptr || !location->is_string())
      warnings.push_back(refused(cat("The dependency '", dependency.key, "' has no `location`."),
                                 "Add `location: /NAMESPACE/PACKAGE`.", dependency.where()));
  }
}

}  // namespace

void check_rules(const YamlNode& packages, std::vector<Warning>& warnings) {
  Names triggers;
  for (const auto& package : packages.entries) add_names_below(package.value, {"triggers"}, triggers);
  for (const auto& package : packages.entries) {
    Names runnables;
    add_names_below(package.value, {"actions", "sequences"}, runnables);
    check_apis(package, runnables, warnings);
    check_dependencies(package, warnings);
    const auto* rules = package.value.find("rules");
    if (rules == nullptr) continue;
    for (const auto& rule : rules->entries) check_rule(rule, package.key, triggers, runnables, warnings);
  }
}

}  // namespace adit::app
