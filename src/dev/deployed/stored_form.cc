#include "dev/deployed/stored_form.h"

#include <string>
#include <utility>

#include "base/text/text.h"
#include "dev/entity/json_form.h"

namespace adit::dev {
namespace {

constexpr std::string_view kOwn = "";

template <typename Entity>
json::object common_form(std::string_view is, const EntityKey& key, const Entity& entity) {
  return {{"is", is},
          {"package", key.package},
          {"name", key.name},
          {"namespace", entity.name_space},
          {"version", entity.version},
          {"publish", entity.publish},
          {"annotations", entity.annotations},
          {"updated", entity.updated.time_since_epoch().count()}};
}

std::string text_in(const json::object& stored, std::string_view name) {
  return std::string(stored.at(name).as_string());
}

EntityKey key_in(const json::object& stored) { return {text_in(stored, "package"), text_in(stored, "name")}; }

template <typename Entity>
void read_common_form(const json::object& stored, Entity& entity) {
  entity.name = text_in(stored, "name");
  entity.name_space = text_in(stored, "namespace");
  entity.version = text_in(stored, "version");
  entity.publish = stored.at("publish").as_bool();
  entity.annotations = stored.at("annotations").as_object();
  entity.updated = WallTime(std::chrono::milliseconds(stored.at("updated").to_number<long long>()));
}

EntityPath path_in(const json::object& stored, std::string_view name) {
  return parse_entity_path(stored.at(name).as_string(), kOwn);
}

}  // namespace

json::object stored_form(const EntityKey& key, const DeployedAction& action) {
  const auto& entity = action.entity;
  auto stored = common_form("action", key, entity);
  stored["parameters"] = entity.parameters;
  stored["kind"] = entity.kind;
  stored["main"] = entity.main;
  stored["image"] = entity.image;
  stored["binary"] = entity.binary;
  stored["components"] = json::array(entity.components.begin(), entity.components.end());
  stored["limits"] = limits_json(entity.limits);
  stored["code"] = action.code;
  return stored;
}

template <>
std::optional<std::pair<EntityKey, DeployedAction>> from_stored_form(const json::object& stored) {
  if (string_member(stored, "is") != "action") return std::nullopt;
  DeployedAction action;
  auto& entity = action.entity;
  read_common_form(stored, entity);
  entity.parameters = stored.at("parameters").as_object();
  entity.kind = text_in(stored, "kind");
  entity.main = text_in(stored, "main");
  entity.image = text_in(stored, "image");
  entity.binary = stored.at("binary").as_bool();
  for (const auto& component : stored.at("components").as_array())
    entity.components.emplace_back(component.as_string());
  const auto& limits = stored.at("limits").as_object();
  entity.limits.timeout = std::chrono::milliseconds(limits.at("timeout").to_number<int>());
  entity.limits.memory_mb = limits.at("memory").to_number<int>();
  entity.limits.logs_mb = limits.at("logs").to_number<int>();
  entity.limits.concurrency = limits.at("concurrency").to_number<int>();
  action.code = text_in(stored, "code");
  return std::pair(key_in(stored), std::move(action));
}

json::object stored_form(const EntityKey& key, const PackageEntity& package) {
  auto stored = common_form("package", key, package);
  stored["parameters"] = package.parameters;
  if (package.binding)
    stored["binding"] = json::object{{"namespace", package.binding->name_space}, {"name", package.binding->name}};
  return stored;
}

template <>
std::optional<std::pair<EntityKey, PackageEntity>> from_stored_form(const json::object& stored) {
  if (string_member(stored, "is") != "package") return std::nullopt;
  PackageEntity package;
  read_common_form(stored, package);
  package.parameters = stored.at("parameters").as_object();
  if (const auto* binding = stored.if_contains("binding"))
    package.binding = {text_in(binding->as_object(), "namespace"), text_in(binding->as_object(), "name")};
  return std::pair(key_in(stored), std::move(package));
}

json::object stored_form(const EntityKey& key, const DeployedTrigger& trigger) {
  auto stored = common_form("trigger", key, trigger.entity);
  stored["parameters"] = trigger.entity.parameters;
  if (trigger.feed) stored["feed"] = *trigger.feed;
  return stored;
}

template <>
std::optional<std::pair<EntityKey, DeployedTrigger>> from_stored_form(const json::object& stored) {
  if (string_member(stored, "is") != "trigger") return std::nullopt;
  DeployedTrigger trigger;
  read_common_form(stored, trigger.entity);
  trigger.entity.parameters = stored.at("parameters").as_object();
  if (const auto* feed = stored.if_contains("feed")) trigger.feed = feed->as_object();
  return std::pair(key_in(stored), std::move(trigger));
}

json::object stored_form(const EntityKey& key, const RuleEntity& rule) {
  auto stored = common_form("rule", key, rule);
  stored["trigger"] = rule.trigger.to_string();
  stored["action"] = rule.action.to_string();
  stored["active"] = rule.active;
  stored["in_trigger"] = rule.in_trigger;
  return stored;
}

template <>
std::optional<std::pair<EntityKey, RuleEntity>> from_stored_form(const json::object& stored) {
  if (string_member(stored, "is") != "rule") return std::nullopt;
  RuleEntity rule;
  read_common_form(stored, rule);
  rule.trigger = path_in(stored, "trigger");
  rule.action = path_in(stored, "action");
  rule.active = stored.at("active").as_bool();
  if (const auto* known = stored.if_contains("in_trigger")) rule.in_trigger = known->as_bool();
  return std::pair(key_in(stored), std::move(rule));
}

json::object stored_form(const EntityKey& key, const DeployedApi& api) {
  return {{"is", "api"}, {"package", key.package}, {"name", key.name}, {"document", api.document}};
}

template <>
std::optional<std::pair<EntityKey, DeployedApi>> from_stored_form(const json::object& stored) {
  if (string_member(stored, "is") != "api") return std::nullopt;
  return std::pair(key_in(stored), DeployedApi{text_in(stored, "name"), stored.at("document").as_object()});
}

}  // namespace adit::dev
