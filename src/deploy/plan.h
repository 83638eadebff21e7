#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"

#include "deploy/desired.h"
#include "deploy/openwhisk_client.h"

namespace adit::deploy {

/// A route that is deployed.
struct DeployedRoute {
  std::string base_path;
  std::string path;
  /// In the gateway's form: `get`.
  std::string method;
  /// `PACKAGE/ACTION`, or `ACTION`.
  std::string action;
};

/// The deployed entities, by their names (DesiredEntity::name).
struct Deployed {
  std::map<std::string, json::object> packages;
  std::map<std::string, json::object> actions;
  std::map<std::string, json::object> triggers;
  std::map<std::string, json::object> rules;
  /// The keys are `GET /base/path`.
  std::map<std::string, DeployedRoute> routes;

  [[nodiscard]] const json::object* find(EntityKind kind, const std::string& name) const;
};

/// Reads the entities of the namespace. Reads routes only with `with_routes`, because many OpenWhisks have no gateway.
[[nodiscard]] Deployed read_deployed(const OpenWhiskClient& client, bool with_routes);

enum class Change { create, update, keep, remove };
[[nodiscard]] std::string_view name_of(Change change);

struct Step {
  Change change = Change::keep;
  EntityKind kind = EntityKind::package;
  std::string name;
  /// The entity to write; not for Change::remove.
  DesiredEntity desired{};
  /// For a trigger that is removed or changed: the feed from which it must be removed first.
  std::string old_feed{};
  /// For a route that is removed.
  DeployedRoute old_route{};
};

/// The steps of a deployment, in order.
struct Plan {
  std::vector<Step> steps;
  /// Why an entity that should be removed is kept.
  std::vector<std::string> notes;

  [[nodiscard]] bool changes_anything() const;
};

/// Makes the plan that deploys the entities in `desired`. New and changed entities come first, in the same order. After
/// them, the plan removes entities that this project has deployed (`whisk-managed.projectName`) and no longer
/// has: rules, then routes, triggers, actions and packages. A package that contains actions of others is kept.
[[nodiscard]] Plan make_plan(const DesiredEntities& desired, const Deployed& deployed);

/// Makes the plan that removes all entities that are marked with one of these project names. Adobe's tools do not mark
/// rules and routes; therefore it also removes those that the manifest names, and rules whose trigger is removed.
[[nodiscard]] Plan make_removal_plan(const app::Project& project, const std::set<std::string>& project_names,
                                     const Deployed& deployed);

/// Executes the plan. Calls `before` before each step that changes something. Throws the Error of a step; the steps
/// before it have been executed then, and a new plan contains only the others.
void apply(const Plan& plan, const OpenWhiskClient& client, const Secret& key,
           const std::function<void(const Step&)>& before);

}  // namespace adit::deploy
