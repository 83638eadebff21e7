#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"

#include "deploy/client.h"
#include "deploy/wanted.h"

namespace adit::deploy {

/// A route as the gateway has it.
struct DeployedRoute {
  std::string base_path;
  std::string path;
  /// As the gateway writes it: `get`.
  std::string method;
  /// `PACKAGE/ACTION`, or `ACTION`.
  std::string action;
};

/// What is there: entities by their names as Wanted has them.
struct Deployed {
  std::map<std::string, json::object> packages;
  std::map<std::string, json::object> actions;
  std::map<std::string, json::object> triggers;
  std::map<std::string, json::object> rules;
  /// By `GET /base/path`.
  std::map<std::string, DeployedRoute> routes;

  [[nodiscard]] const json::object* find(EntityKind kind, const std::string& name) const;
};

/// Reads the namespace; the routes only with `with_routes`, for many an OpenWhisk has no gateway.
[[nodiscard]] Deployed read_deployed(const Client& client, bool with_routes);

enum class Change { create, update, keep, remove };
[[nodiscard]] std::string_view name_of(Change change);

struct Step {
  Change change = Change::keep;
  EntityKind kind = EntityKind::package;
  std::string name;
  /// What is written; not for Change::remove.
  Wanted wanted{};
  /// Of a trigger that goes or changes: the feed that has to let go of it first.
  std::string old_feed{};
  /// Of a route that goes.
  DeployedRoute old_route{};
};

/// The steps in the order in which they are made.
struct Plan {
  std::vector<Step> steps;
  /// Why something that was to go stays.
  std::vector<std::string> notes;

  [[nodiscard]] bool changes_anything() const;
};

/// Compares what is wanted with what is there. New and changed entities come in the order of `wanted`; what this
/// project deployed earlier (`whisk-managed.projectName`) and no longer names goes afterwards: rules first, then
/// routes, triggers, actions and packages. A package that holds actions of others stays.
[[nodiscard]] Plan make_plan(const WantedEntities& wanted, const Deployed& deployed);

/// The plan that removes all that carries one of these names; and, because Adobe's tools leave rules and routes
/// unmarked, those that the manifest names as well, and rules whose trigger goes.
[[nodiscard]] Plan make_removal_plan(const app::Project& project, const std::set<std::string>& project_names,
                                     const Deployed& deployed);

/// Carries the plan out. `before` is called for each step that changes something. An Error of a step is thrown as it
/// is; the steps before it are done, and a plan that is made again has only those left that are not.
void apply(const Plan& plan, const Client& client, const Secret& key, const std::function<void(const Step&)>& before);

}  // namespace adit::deploy
