#include "dev/platform/catalog.h"

#include <set>
#include <utility>

#include "base/text/text.h"
#include "dev/entity/messages.h"
#include "dev/platform/sequence.h"

namespace adit::dev {
namespace {

/// The ServedAction of a deployed action, and the objects to which it points.
struct DeployedServed {
  ServedAction served;
  app::Action action;
  app::Sequence sequence;
};

std::string package_key(std::string_view package) {
  return package == "default" ? std::string() : std::string(package);
}

void overlay(json::object& params, const json::object& over) {
  for (const auto& [name, value] : over) params.insert_or_assign(name, value);
}

/// Converts a deployed action to the form of a manifest, so that it runs by the same rules.
app::Action manifest_form(const std::string& package, const ActionEntity& entity) {
  app::Action action;
  action.package = package.empty() ? "default" : package;
  action.name = entity.name;
  action.function = "exec";
  action.runtime = entity.kind.starts_with("nodejs:") ? entity.kind : "cpp";
  action.main = entity.main;
  action.annotations = entity.annotations;
  action.limits = entity.limits;
  return action;
}

/// Returns the deployed entities, then the project's own, except those with the name of a deployed one.
template <typename Entity, typename Deployed, typename Own>
std::vector<std::shared_ptr<const Entity>> with_own(const std::vector<std::shared_ptr<const Deployed>>& deployed,
                                                    const Own& own,
                                                    const std::shared_ptr<const Configuration>& configuration) {
  std::vector<std::shared_ptr<const Entity>> all;
  std::set<std::string> names;
  for (const auto& one : deployed) {
    if constexpr (std::is_same_v<Entity, DeployedTrigger>) {
      names.insert(one->entity.name);
    } else {
      names.insert(one->name);
    }
    all.push_back(one);
  }
  for (const auto& [name, entity] : own)
    if (!names.contains(name)) all.push_back(std::shared_ptr<const Entity>(configuration, &entity));
  return all;
}

}  // namespace

std::shared_ptr<const ServedAction> Catalog::own_action(std::string_view package, std::string_view name) const {
  const auto* served = configuration_->find(package.empty() ? "default" : package, name);
  return served != nullptr ? std::shared_ptr<const ServedAction>(configuration_, served) : nullptr;
}

std::shared_ptr<const ServedAction> Catalog::serve_deployed(const std::string& package,
                                                            const std::shared_ptr<const DeployedAction>& action,
                                                            const PackageEntity* of_package,
                                                            const PackageEntity* binding) const {
  auto made = std::make_shared<DeployedServed>();
  auto& served = made->served;
  served.entity = action->entity;
  if (!action->entity.is_sequence()) {
    auto& params = served.inputs.params;
    if (of_package != nullptr) overlay(params, of_package->parameters);
    if (binding != nullptr) overlay(params, binding->parameters);
    overlay(params, action->entity.parameters);
    served.entity.parameters = params;
    made->action = manifest_form(package, action->entity);
    served.what.action = &made->action;
  } else {
    made->sequence.package = package.empty() ? "default" : package;
    made->sequence.name = action->entity.name;
    served.what.sequence = &made->sequence;
  }
  served.rules = WebRules::of(action->entity.annotations, served.inputs.params);
  served.deployed = action;
  return {made, &made->served};
}

std::shared_ptr<const ServedAction> Catalog::action(std::string_view package, std::string_view name) const {
  const auto key = package_key(package);
  std::shared_ptr<const PackageEntity> in_package;
  if (!key.empty()) {
    in_package = this->package(key);
    if (in_package != nullptr && in_package->binding) {
      const auto& to = *in_package->binding;
      if (to.name_space != name_space()) return resolve({to.name_space, to.name, std::string(name)});
      const auto target = this->package(to.name);
      const auto deployed = store_.find<DeployedAction>({to.name, std::string(name)});
      return deployed ? serve_deployed(key, deployed, target.get(), in_package.get()) : own_action(to.name, name);
    }
  }
  if (const auto deployed = store_.find<DeployedAction>({key, std::string(name)}))
    return serve_deployed(key, deployed, in_package.get(), nullptr);
  return own_action(key, name);
}

std::shared_ptr<const ServedAction> Catalog::resolve(const EntityPath& path) const {
  return path.name_space == name_space() ? action(path.package, path.name) : system_.find(path);
}

EntityPath Catalog::resolve_binding(EntityPath path) const {
  if (path.name_space != name_space() || path.package.empty()) return path;
  const auto in_package = package(path.package);
  if (in_package != nullptr && in_package->binding) {
    path.name_space = in_package->binding->name_space;
    path.package = in_package->binding->name;
  }
  return path;
}

std::shared_ptr<const PackageEntity> Catalog::package(std::string_view name) const {
  if (auto deployed = store_.find<PackageEntity>({{}, std::string(name)})) return deployed;
  const auto own = configuration_->packages.find(name);
  return own != configuration_->packages.end() ? std::shared_ptr<const PackageEntity>(configuration_, &own->second)
                                               : nullptr;
}

std::shared_ptr<const DeployedTrigger> Catalog::trigger(const std::string& name) const {
  if (auto deployed = store_.find<DeployedTrigger>({{}, name})) return deployed;
  const auto own = configuration_->triggers.find(name);
  return own != configuration_->triggers.end() ? std::shared_ptr<const DeployedTrigger>(configuration_, &own->second)
                                               : nullptr;
}

std::shared_ptr<const RuleEntity> Catalog::rule(const std::string& name) const {
  if (auto deployed = store_.find<RuleEntity>({{}, name})) return deployed;
  const auto own = configuration_->rules.find(name);
  return own != configuration_->rules.end() ? std::shared_ptr<const RuleEntity>(configuration_, &own->second) : nullptr;
}

std::string_view Catalog::collection_of(const std::string& name) const {
  if (action({}, name) != nullptr) return "actions";
  if (package(name) != nullptr) return "packages";
  if (trigger(name) != nullptr) return "triggers";
  return rule(name) != nullptr ? "rules" : "";
}

std::vector<std::shared_ptr<const ActionEntity>> Catalog::actions() const {
  std::vector<std::shared_ptr<const ActionEntity>> all;
  for (const auto& action : store_.all<DeployedAction>()) all.emplace_back(action, &action->entity);
  for (const auto& [name, served] : configuration_->served) {
    const EntityKey key{
        package_key(served.what.action != nullptr ? served.what.action->package : served.what.sequence->package),
        served.entity.name};
    if (!store_.find<DeployedAction>(key)) all.emplace_back(configuration_, &served.entity);
  }
  return all;
}

std::vector<std::shared_ptr<const ActionEntity>> Catalog::actions_in(const std::string& package) const {
  std::vector<std::shared_ptr<const ActionEntity>> all;
  for (const auto& action : store_.actions_in(package)) all.emplace_back(action, &action->entity);
  const auto begin = cat(package, '/');
  for (auto own = configuration_->served.lower_bound(begin);
       own != configuration_->served.end() && own->first.starts_with(begin); ++own) {
    if (!store_.find<DeployedAction>({package, own->second.entity.name}))
      all.emplace_back(configuration_, &own->second.entity);
  }
  return all;
}

std::vector<std::shared_ptr<const PackageEntity>> Catalog::packages() const {
  return with_own<PackageEntity>(store_.all<PackageEntity>(), configuration_->packages, configuration_);
}

std::vector<std::shared_ptr<const DeployedTrigger>> Catalog::triggers() const {
  return with_own<DeployedTrigger>(store_.all<DeployedTrigger>(), configuration_->triggers, configuration_);
}

std::vector<std::shared_ptr<const RuleEntity>> Catalog::rules() const {
  return with_own<RuleEntity>(store_.all<RuleEntity>(), configuration_->rules, configuration_);
}

std::vector<RuleEntity> Catalog::rules_of(const std::string& trigger) const {
  std::vector<RuleEntity> found;
  for (const auto& rule : rules())
    if (rule->trigger.name == trigger && rule->in_trigger) found.push_back(*rule);
  return found;
}

std::string_view Catalog::sequence_refusal_of(const EntityPath& self, const std::vector<EntityPath>& components) const {
  std::vector<std::string> names;
  names.reserve(components.size());
  for (const auto& component : components) names.push_back(resolve_binding(component).to_string());
  bool missing = false;
  const auto parts = [&](const std::string& name) -> std::optional<std::vector<std::string>> {
    const auto found = resolve(parse_entity_path(name, name_space()));
    if (found == nullptr) missing = true;
    if (found == nullptr || !found->entity.is_sequence()) return std::nullopt;
    return found->entity.components;
  };
  const auto refusal = sequence_refusal(self.to_string(), names, parts);
  if (refusal.empty() && missing) return messages::kSequenceComponentMissing;
  return refusal;
}

}  // namespace adit::dev
