#include "deploy/desired.h"

#include <algorithm>
#include <functional>

#include "adit/error.h"

#include "app/inputs/inputs.h"
#include "base/text/text.h"
#include "config/secret_destination.h"
#include "crypto/sha256.h"

namespace adit::deploy {
namespace {

constexpr std::string_view kManaged = "whisk-managed";
constexpr std::string_view kDefaultPackage = "default";
/// Adobe's tools move an action with `require-adobe-auth` to this name.
constexpr std::string_view kSecured = "__secured_";

json::array pairs_of(const json::object& members) {
  json::array pairs;
  for (const auto& [key, value] : members) pairs.push_back(json::object{{"key", key}, {"value", value}});
  return pairs;
}

std::string sha256_of(std::string_view text) {
  std::string hex;
  for (const auto byte : sha256(text)) append_hex(hex, byte);
  return to_lower(hex);
}

/// Returns `PACKAGE/NAME`, or `NAME` for the package `default`, which exists only in manifests and URLs.
std::string entity_name(std::string_view full_name) {
  const auto prefix = cat(kDefaultPackage, "/");
  return std::string(full_name.starts_with(prefix) ? full_name.substr(prefix.size()) : full_name);
}

/// Makes the entities of a project.
class EntityMaker {
 public:
  EntityMaker(const app::Project& project, const Environment& environment, const std::map<std::string, Code>& code,
              const DesiredOptions& options)
      : project_(project), environment_(environment), code_(code), options_(options) {}

  DesiredEntities all() {
    for (const auto& package : project_.packages) {
      managed_ = managed_name(project_, package.extension);
      result_.project_names.insert(managed_);
      add_package(package);
      for (const auto& binding : package.bindings) add_binding(binding);
      for (const auto& action : package.actions) add_action(package, action);
      for (const auto& sequence : package.sequences) add_sequence(sequence);
      for (const auto& route : package.routes) add_route(route);
      for (const auto& trigger : package.triggers) add_trigger(trigger);
      for (const auto& rule : package.rules) add_rule(rule);
    }
    put_in_order();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string qualified(std::string_view full_name) const {
    return cat("/", options_.name_space, "/", entity_name(full_name));
  }

  /// Adds the entity with its hash and the annotation `whisk-managed`. A later entity of the same name replaces it.
  void add(DesiredEntity desired, const json::object& annotations) {
    desired.body["annotations"] = pairs_of(annotations);
    desired.hash = sha256_of(cat(name_of(desired.kind), "\n", to_json(desired.body), "\n", desired.feed));
    json::object managed{
        {"file", "manifest.yml"}, {"projectDeps", json::array()}, {"projectHash", ""}, {"projectName", managed_}};
    desired.body["annotations"].as_array().push_back(json::object{{"key", kManaged}, {"value", std::move(managed)}});
    desired.body = with_hash(std::move(desired.body), desired.hash);
    put(std::move(desired));
  }

  void put(DesiredEntity desired) {
    std::erase_if(result_.all, [&desired](const DesiredEntity& known) {
      return known.kind == desired.kind && known.name == desired.name;
    });
    result_.all.push_back(std::move(desired));
  }

  json::object mapped(const app::MappedInputs& inputs) {
    for (const auto& unset : inputs.unset)
      result_.unset.push_back(cat(unset.where.to_string(), ": the input ", unset.input, " takes ",
                                  unset.is_well_formed ? unset.name : "a broken reference", ", which is not set; ",
                                  app::remedy_of(unset, environment_, ".env")));
    if (inputs.secret) result_.secret = result_.secret ? more_trusted(*result_.secret, *inputs.secret) : *inputs.secret;
    return inputs.params;
  }

  void add_package(const app::Package& package) {
    if (package.name == kDefaultPackage) return;
    DesiredEntity desired{.kind = EntityKind::package, .name = package.name, .where = package.where};
    if (package.is_public) desired.body["publish"] = true;
    const auto inputs = mapped(app::map_inputs(package.inputs, package.input_positions, package.where, environment_));
    if (!inputs.empty()) desired.body["parameters"] = pairs_of(inputs);
    add(std::move(desired), {});
  }

  void add_binding(const app::Binding& binding) {
    DesiredEntity desired{.kind = EntityKind::package, .name = binding.name, .where = binding.where};
    desired.body["binding"] = {{"namespace", binding.target_namespace}, {"name", binding.target_package}};
    const auto inputs = mapped(app::map_inputs(binding.inputs, binding.input_positions, binding.where, environment_));
    if (!inputs.empty()) desired.body["parameters"] = pairs_of(inputs);
    add(std::move(desired), {});
  }

  static json::object limits_of(const app::Limits& limits) {
    json::object object{{"memory", limits.memory_mb}, {"logs", limits.logs_mb}, {"timeout", limits.timeout.count()}};
    if (limits.is_concurrency_given) object["concurrency"] = limits.concurrency;
    return object;
  }

  void add_action(const app::Package& package, const app::Action& action) {
    const auto found = code_.find(action.full_name());
    const Code code = found == code_.end() ? Code{} : found->second;
    DesiredEntity desired{.kind = EntityKind::action, .name = entity_name(action.full_name()), .where = action.where};
    json::object exec{{"kind", code.kind.empty() ? "nodejs:default" : code.kind}};
    if (code.image.empty() || !code.code.empty()) exec["code"] = code.code;
    if (!code.main.empty()) exec["main"] = code.main;
    if (!code.image.empty()) exec["image"] = code.image;
    desired.body["exec"] = std::move(exec);
    auto inputs = mapped(app::map_inputs(action, environment_));
    for (const auto& inherited : action.package_inputs) inputs.stable_erase(inherited);
    if (!inputs.empty()) desired.body["parameters"] = pairs_of(inputs);
    if (action.limits.is_given) desired.body["limits"] = limits_of(action.limits);

    auto annotations = action.annotations;
    const bool is_web = action.web != app::Web::no;
    desired.is_web = is_web;
    desired.requires_token = is_web && requires_key(annotations);
    if (is_web && options_.has_adobe_validators && action.has_annotation("require-adobe-auth")) {
      add_validator(package, action);
      annotations.stable_erase("require-adobe-auth");
      annotations["web-export"] = false;
      annotations["raw-http"] = false;
      desired.name = entity_name(cat(action.package, "/", kSecured, action.name));
      desired.is_web = false;
      desired.requires_token = false;
    }
    add(std::move(desired), annotations);
  }

  static bool requires_key(const json::object& annotations) {
    const auto* key = annotations.if_contains("require-whisk-auth");
    return key != nullptr && !(key->is_bool() && !key->get_bool()) && !key->is_null();
  }

  /// Adds a sequence under the action's own name: Adobe's validator, then the action under its new name.
  void add_validator(const app::Package& package, const app::Action& action) {
    const auto secured = cat(kSecured, action.name);
    const auto has_name = [](const std::string& name) { return [&name](const auto& one) { return one.name == name; }; };
    if (std::ranges::any_of(package.actions, has_name(secured)) ||
        std::ranges::any_of(package.sequences, has_name(secured)))
      throw Error::configuration(
          "name_taken", cat("The action ", action.full_name(), " with `require-adobe-auth` is deployed as ", secured,
                            ", a name that its package has already."))
          .hint("Give the other action another name.")
          .at(action.where);
    const auto validator = cat(options_.is_stage ? "/adobeio-stage" : "/adobeio", "/shared-validators-v1/",
                               options_.has_front_end ? "app-registry" : "headless-v2");
    DesiredEntity desired{.kind = EntityKind::action, .name = entity_name(action.full_name()), .where = action.where};
    desired.body["exec"] = {
        {"kind", "sequence"}, {"code", ""}, {"components", {validator, qualified(cat(action.package, "/", secured))}}};
    desired.is_web = true;
    desired.requires_token = true;
    add(std::move(desired), {{"web-export", true}, {"raw-http", action.web == app::Web::raw}});
  }

  void add_sequence(const app::Sequence& sequence) {
    DesiredEntity desired{
        .kind = EntityKind::action, .name = entity_name(sequence.full_name()), .where = sequence.where};
    json::array components;
    for (const auto& part : sequence.actions) {
      const auto name = part.starts_with('/') ? part.substr(1) : part;
      const bool has_namespace = std::ranges::count(name, '/') > 1;
      components.push_back(json::string(has_namespace ? cat("/", name) : qualified(name)));
    }
    desired.body["exec"] = {{"kind", "sequence"}, {"code", ""}, {"components", std::move(components)}};
    desired.is_web = sequence.web != app::Web::no;
    desired.requires_token = desired.is_web && requires_key(sequence.annotations);
    add(std::move(desired), sequence.annotations);
  }

  /// Adds a route in the form of npm's openwhisk (lib/routes.js).
  void add_route(const app::ApiRoute& route) {
    const auto method = to_lower(route.method);
    const auto action = entity_name(route.action);
    DesiredEntity desired{.kind = EntityKind::route,
                          .name = cat(to_upper(method), " ", route.base_path, route.path),
                          .route = route,
                          .where = route.where};
    json::object target{
        {"name", action},
        {"namespace", options_.name_space},
        {"backendMethod", "GET"},
        {"backendUrl", cat(options_.api_host, "/api/v1/web/", options_.name_space, "/", route.action, ".http")},
        {"authkey", options_.key.reveal()}};
    json::object document{{"namespace", "_"},
                          {"gatewayBasePath", route.base_path},
                          {"gatewayPath", route.path},
                          {"gatewayMethod", route.method},
                          {"id", cat("API:_:", route.base_path)},
                          {"action", std::move(target)},
                          {"apiName", route.api}};
    desired.body["apidoc"] = std::move(document);
    put(std::move(desired));
  }

  void add_trigger(const app::Trigger& trigger) {
    DesiredEntity desired{.kind = EntityKind::trigger, .name = trigger.name, .where = trigger.where};
    const auto inputs = mapped(app::map_inputs(trigger.inputs, trigger.input_positions, trigger.where, environment_));
    if (!inputs.empty()) desired.body["parameters"] = pairs_of(inputs);
    desired.feed = trigger.feed;
    desired.feed_inputs = inputs;
    auto annotations = trigger.annotations;
    if (!trigger.feed.empty()) annotations["feed"] = trigger.feed;
    add(std::move(desired), annotations);
  }

  void add_rule(const app::Rule& rule) {
    DesiredEntity desired{.kind = EntityKind::rule, .name = rule.name, .where = rule.where};
    desired.body["trigger"] = cat("/", options_.name_space, "/", rule.trigger);
    desired.body["action"] = qualified(rule.action);
    add(std::move(desired), {});
  }

  /// Sorts by kind, and puts a sequence after the sequences that it runs, because the platform rejects a sequence whose
  /// components do not exist.
  void put_in_order() {
    std::ranges::stable_sort(result_.all, {}, &DesiredEntity::kind);
    std::map<std::string, const DesiredEntity*> sequences;
    std::vector<DesiredEntity> ordered;
    for (const auto& desired : result_.all)
      if (is_sequence(desired)) sequences.emplace(cat("/", options_.name_space, "/", desired.name), &desired);
    std::set<std::string> done;
    const std::function<void(const DesiredEntity&)> take = [&](const DesiredEntity& desired) {
      if (!done.insert(desired.name).second) return;
      for (const auto& part : desired.body.at("exec").at("components").as_array())
        if (const auto inner = sequences.find(std::string(part.as_string())); inner != sequences.end())
          take(*inner->second);
      ordered.push_back(desired);
    };
    for (const auto& desired : result_.all)
      if (desired.kind < EntityKind::action || (desired.kind == EntityKind::action && !is_sequence(desired)))
        ordered.push_back(desired);
    for (const auto& desired : result_.all)
      if (is_sequence(desired)) take(desired);
    for (const auto& desired : result_.all)
      if (desired.kind > EntityKind::action) ordered.push_back(desired);
    result_.all = std::move(ordered);
  }

  static bool is_sequence(const DesiredEntity& desired) {
    return desired.kind == EntityKind::action &&
           std::string_view(desired.body.at("exec").at("kind").as_string()) == "sequence";
  }

  const app::Project& project_;
  const Environment& environment_;
  const std::map<std::string, Code>& code_;
  const DesiredOptions& options_;
  std::string managed_;
  DesiredEntities result_;
};

}  // namespace

std::string_view name_of(EntityKind kind) {
  switch (kind) {
    case EntityKind::package:
      return "package";
    case EntityKind::action:
      return "action";
    case EntityKind::route:
      return "route";
    case EntityKind::trigger:
      return "trigger";
    case EntityKind::rule:
      break;
  }
  return "rule";
}

std::string managed_name(const app::Project& project, std::string_view extension) {
  auto by_version = cat(project.name, "-", project.version);
  std::string first;
  for (const auto& package : project.packages) {
    if (package.extension != extension) continue;
    if (package.name == by_version) return by_version;
    if (first.empty()) first = package.name;
  }
  return first;
}

DesiredEntities desired_entities(const app::Project& project, const Environment& environment,
                                 const std::map<std::string, Code>& code, const DesiredOptions& options) {
  return EntityMaker(project, environment, code, options).all();
}

const json::value* annotation_of(const json::object& entity, std::string_view name) {
  const auto* annotations = entity.if_contains("annotations");
  if (annotations == nullptr || !annotations->is_array()) return nullptr;
  for (const auto& annotation : annotations->get_array())
    if (annotation.is_object() && string_member(annotation.get_object(), "key") == name)
      return annotation.get_object().if_contains("value");
  return nullptr;
}

Managed managed_by(const json::object& entity) {
  const auto* managed = annotation_of(entity, kManaged);
  if (managed == nullptr || !managed->is_object()) return {};
  return {std::string(string_member(managed->get_object(), "projectName")),
          std::string(string_member(managed->get_object(), "projectHash"))};
}

json::object with_hash(json::object body, const std::string& hash) {
  for (auto& annotation : body.at("annotations").as_array())
    if (std::string_view(annotation.at("key").as_string()) == kManaged)
      annotation.at("value").as_object()["projectHash"] = hash;
  return body;
}

}  // namespace adit::deploy
