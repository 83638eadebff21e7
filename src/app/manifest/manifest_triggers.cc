#include "app/manifest/manifest_triggers.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "app/yaml/shape.h"
#include "base/text/text.h"

// Reads the triggers, rules, HTTP routes and bindings of a package as adobe/aio-lib-runtime's processPackage does.
// Skips incomplete ones; check_rules (manifest_rules.h) warns of them and of wrong names.

namespace adit::app {
namespace {

const std::array<std::string, 3> kTriggerKeys = {"feed", "inputs", "annotations"};

/// Returns the member's text; empty if it is not a string.
std::string text_member(const YamlNode& node, std::string_view key) {
  const auto* member = node.find(key);
  return member != nullptr && member->is_string() ? member->text : std::string();
}

class TriggerReader {
 public:
  TriggerReader(const YamlNode& node, Package& package, Project& project, InputTotals& totals, OnError on_error)
      : node_(node), package_(package), project_(project), totals_(totals), on_error_(on_error) {}

  void read() {
    for_each("triggers", [this](const YamlEntry& entry) { trigger(entry); });
    for_each("rules", [this](const YamlEntry& entry) { rule(entry); });
    for_each("apis", [this](const YamlEntry& entry) { api(entry); });
    for_each("dependencies", [this](const YamlEntry& entry) { dependency(entry); });
  }

 private:
  template <typename Read>
  void for_each(std::string_view key, Read read) {
    const YamlNode* map = nullptr;
    guarded(on_error_, project_.errors, [&] { map = optional_map(node_, key, cat("package '", package_.name, "'")); });
    if (map == nullptr) return;
    for (const auto& entry : map->entries) guarded(on_error_, project_.errors, [&] { read(entry); });
  }

  void read_inputs(const YamlNode& node, const std::string& owner, json::object& inputs,
                   std::map<std::string, SourcePosition, std::less<>>& positions) {
    const auto* given = optional_map(node, "inputs", owner);
    if (given == nullptr) return;
    inputs = to_json_value(*given).as_object();
    for (const auto& input : given->entries) note_input_positions(input, totals_, positions);
  }

  void trigger(const YamlEntry& entry) {
    check_entity_name(entry.key, "a trigger", entry.where());
    const auto owner = cat("trigger '", entry.key, "'");
    const auto& node = entry.value;
    Trigger trigger;
    trigger.package = package_.name;
    trigger.name = entry.key;
    trigger.where = entry.where();
    if (node.is_null()) {
      project_.warnings.push_back({cat("The trigger '", entry.key, "' is empty; Adobe's tools fail to deploy it."),
                                   cat("Write `", entry.key, ": {}`."), entry.where(), "", Warning::Kind::refused});
    } else if (!node.is_map()) {
      throw wrong_shape(cat("The ", owner), Shape::map, "a map, for example with `feed:`", node);
    }
    warn_of_unknown_keys(node, kTriggerKeys, owner, Unknown::misspelt, project_.warnings);
    trigger.feed = optional_text(node, "feed", owner);
    read_inputs(node, owner, trigger.inputs, trigger.input_positions);
    if (const auto* annotations = optional_map(node, "annotations", owner))
      trigger.annotations = to_json_value(*annotations).as_object();
    package_.triggers.push_back(std::move(trigger));
  }

  void rule(const YamlEntry& entry) {
    check_entity_name(entry.key, "a rule", entry.where());
    const auto trigger = text_member(entry.value, "trigger");
    const auto action = text_member(entry.value, "action");
    if (trigger.empty() || action.empty()) return;  // check_rules warns of it
    package_.rules.push_back({package_.name, entry.key, trigger,
                              cat(package_.name, "/", action.substr(action.rfind('/') + 1)), entry.where()});
  }

  void api(const YamlEntry& entry) {
    for (const auto& base : entry.value.entries) {
      for (const auto& path : base.value.entries) {
        for (const auto& route : path.value.entries) add_route(entry.key, base.key, path.key, route);
      }
    }
  }

  void add_route(const std::string& api, const std::string& base, const std::string& path, const YamlEntry& route) {
    const auto owner = cat("the route of '", route.key, "' in API '", api, "'");
    if (!route.value.is_map())
      throw wrong_shape(cat("The ", owner.substr(4)), Shape::map, "a map with `method:`", route.value);
    ApiRoute read{package_.name,
                  api,
                  cat("/", base),
                  cat("/", path),
                  optional_text(route.value, "method", owner),
                  cat(package_.name, "/", route.key),
                  optional_text(route.value, "response", owner),
                  route.where()};
    if (read.method.empty())
      throw Error::configuration("invalid_config", cat("The ", owner.substr(4), " has no `method`."))
          .hint("Add `method: get`.")
          .at(route.where());
    if (read.response.empty()) read.response = "json";
    package_.routes.push_back(std::move(read));
  }

  void dependency(const YamlEntry& entry) {
    check_entity_name(entry.key, "a package", entry.where());
    const auto owner = cat("dependency '", entry.key, "'");
    const auto parts = split_list(text_member(entry.value, "location"), '/');
    if (parts.size() != 2) return;  // check_rules warns of a missing one
    Binding binding;
    binding.name = entry.key;
    binding.target_namespace = parts[0];
    binding.target_package = parts[1];
    binding.where = entry.where();
    read_inputs(entry.value, owner, binding.inputs, binding.input_positions);
    package_.bindings.push_back(std::move(binding));
  }

  const YamlNode& node_;
  Package& package_;
  Project& project_;
  InputTotals& totals_;
  OnError on_error_;
};

}  // namespace

void read_triggers_and_rules(const YamlNode& node, Package& package, Project& project, InputTotals& totals,
                             OnError on_error) {
  TriggerReader(node, package, project, totals, on_error).read();
}

}  // namespace adit::app
