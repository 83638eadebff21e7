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

/// The entities of the platform as callers see them: the deployed ones and the project's own. A deployed entity hides
/// the project's entity of the same name until it is deleted.
class Catalog {
 public:
  Catalog(std::shared_ptr<const Configuration> configuration, const EntityStore& store, const SystemActions& system)
      : configuration_(std::move(configuration)), store_(store), system_(system) {}

  [[nodiscard]] const Configuration& configuration() const { return *configuration_; }
  [[nodiscard]] const std::string& name_space() const { return configuration_->runtime.name_space; }

  /// Returns an action that can be activated. Its parameters include those of its package and binding. `package` may be
  /// empty, `default`, or a binding. Null if there is no such action.
  [[nodiscard]] std::shared_ptr<const ServedAction> action(std::string_view package, std::string_view name) const;
  /// The same by its full name, also in another namespace whose actions adit dev provides.
  [[nodiscard]] std::shared_ptr<const ServedAction> resolve(const EntityPath& path) const;
  /// Replaces a binding in the path by the package to which it refers.
  [[nodiscard]] EntityPath resolve_binding(EntityPath path) const;

  [[nodiscard]] std::shared_ptr<const PackageEntity> package(std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const DeployedTrigger> trigger(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<const RuleEntity> rule(const std::string& name) const;

  /// Returns the collection (`actions`, `packages`, …) of the entity with this name that is in no package. Such a name
  /// is unique in its namespace. Empty if there is none.
  [[nodiscard]] std::string_view collection_of(const std::string& name) const;

  // These return the newest first, and the project's own last.
  [[nodiscard]] std::vector<std::shared_ptr<const ActionEntity>> actions() const;
  /// The actions of one package, which is not a binding.
  [[nodiscard]] std::vector<std::shared_ptr<const ActionEntity>> actions_in(const std::string& package) const;
  [[nodiscard]] std::vector<std::shared_ptr<const PackageEntity>> packages() const;
  [[nodiscard]] std::vector<std::shared_ptr<const DeployedTrigger>> triggers() const;
  [[nodiscard]] std::vector<std::shared_ptr<const RuleEntity>> rules() const;
  /// The rules of a trigger, active or not.
  [[nodiscard]] std::vector<RuleEntity> rules_of(const std::string& trigger) const;

  /// Returns the message with which the controller would reject a sequence of these components under the name `self`;
  /// empty if it would accept it.
  [[nodiscard]] std::string_view sequence_refusal_of(const EntityPath& self,
                                                     const std::vector<EntityPath>& components) const;

 private:
  [[nodiscard]] std::shared_ptr<const ServedAction> own_action(std::string_view package, std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const ServedAction> serve_deployed(const std::string& package,
                                                                   const std::shared_ptr<const DeployedAction>& action,
                                                                   const PackageEntity* of_package,
                                                                   const PackageEntity* binding) const;

  std::shared_ptr<const Configuration> configuration_;
  const EntityStore& store_;
  const SystemActions& system_;
};

}  // namespace adit::dev
