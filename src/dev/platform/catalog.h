#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev/deployed/entity_store.h"
#include "dev/entity/entity_name.h"
#include "dev/platform/configuration.h"
#include "dev/platform/system_actions.h"

namespace adit::dev {

/// The entities of the platform as callers see them: what was deployed, and the project's own beside it. If both
/// have one of the same name the deployed one is meant, and the project's own comes back when that is deleted.
class Catalog {
 public:
  Catalog(std::shared_ptr<const Configuration> configuration, const EntityStore& store, const SystemActions& system)
      : configuration_(std::move(configuration)), store_(store), system_(system) {}

  [[nodiscard]] const Configuration& configuration() const { return *configuration_; }
  [[nodiscard]] const std::string& name_space() const { return configuration_->runtime.name_space; }

  /// An action ready to be activated: with its package's parameters below its own, and behind a binding. `package` may
  /// be empty or `default`. Null if there is none.
  [[nodiscard]] std::shared_ptr<const Served> action(std::string_view package, std::string_view name) const;
  /// The same by its whole name, also in another namespace that adit dev stands in for.
  [[nodiscard]] std::shared_ptr<const Served> resolve(const EntityPath& path) const;
  /// `/NS/PACKAGE/NAME` of what a name stands for, behind a binding.
  [[nodiscard]] EntityPath behind_binding(EntityPath path) const;

  [[nodiscard]] std::shared_ptr<const PackageEntity> package(std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const DeployedTrigger> trigger(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<const RuleEntity> rule(const std::string& name) const;

  /// The collection (`actions`, `packages`, …) of the entity with this name that is in no package: one namespace has a
  /// name but once. Empty if there is none.
  [[nodiscard]] std::string_view collection_of(const std::string& name) const;

  // The newest first, the project's own last.
  [[nodiscard]] std::vector<std::shared_ptr<const ActionEntity>> actions() const;
  /// Of one package, which is not a binding.
  [[nodiscard]] std::vector<std::shared_ptr<const ActionEntity>> actions_in(const std::string& package) const;
  [[nodiscard]] std::vector<std::shared_ptr<const PackageEntity>> packages() const;
  [[nodiscard]] std::vector<std::shared_ptr<const DeployedTrigger>> triggers() const;
  [[nodiscard]] std::vector<std::shared_ptr<const RuleEntity>> rules() const;
  /// Those that a trigger knows, active or not.
  [[nodiscard]] std::vector<RuleEntity> rules_of(const std::string& trigger) const;

  /// Why a sequence of these components cannot be deployed as `self`, in the controller's words; empty if it can.
  [[nodiscard]] std::string_view sequence_refusal_of(const EntityPath& self,
                                                     const std::vector<EntityPath>& components) const;

 private:
  [[nodiscard]] std::shared_ptr<const Served> own_action(std::string_view package, std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const Served> serve_deployed(const std::string& package,
                                                             const std::shared_ptr<const DeployedAction>& action,
                                                             const PackageEntity* of_package,
                                                             const PackageEntity* binding) const;

  std::shared_ptr<const Configuration> configuration_;
  const EntityStore& store_;
  const SystemActions& system_;
};

}  // namespace adit::dev
