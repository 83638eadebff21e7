#include "deploy/plan.h"

#include <algorithm>

#include "base/text/presentable.h"
#include "base/text/text.h"
#include "deploy/destination.h"

namespace adit::deploy {
namespace {

/// Returns `PACKAGE/NAME` of an action in a list; its member `namespace` is `NS/PACKAGE`.
std::string listed_name(const json::object& entity) {
  const auto name_space = string_member(entity, "namespace");
  const auto slash = name_space.find('/');
  const auto name = string_member(entity, "name");
  return slash == std::string_view::npos ? std::string(name) : cat(name_space.substr(slash + 1), "/", name);
}

std::map<std::string, json::object> by_name(const OpenWhiskClient& client, const std::string& collection) {
  std::map<std::string, json::object> entities;
  for (auto& entity : client.list(collection)) {
    auto& object = entity.get_object();
    auto name = collection == "actions" ? listed_name(object) : std::string(string_member(object, "name"));
    entities.insert_or_assign(std::move(name), std::move(object));
  }
  return entities;
}

const json::object* object_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_object() ? &member->get_object() : nullptr;
}

/// Reads the routes of one API's document (Swagger with `x-openwhisk`).
void add_routes(const json::object& document, std::map<std::string, DeployedRoute>& routes) {
  const auto base = std::string(string_member(document, "basePath"));
  const auto* paths = object_member(document, "paths");
  if (paths == nullptr) return;
  for (const auto& [path, methods] : *paths) {
    if (!methods.is_object()) continue;
    for (const auto& [method, operation] : methods.get_object()) {
      const auto* target = operation.is_object() ? object_member(operation.get_object(), "x-openwhisk") : nullptr;
      if (target == nullptr) continue;
      const auto package = string_member(*target, "package");
      const auto action = string_member(*target, "action");
      const bool has_package = !package.empty() && package != "default" && action.find('/') == std::string_view::npos;
      const auto shown_base = base == "/" ? std::string() : base;
      routes.insert_or_assign(cat(to_upper(method), " ", shown_base, std::string_view(path)),
                              DeployedRoute{base, std::string(path), std::string(method),
                                            has_package ? cat(package, "/", action) : std::string(action)});
    }
  }
}

std::map<std::string, DeployedRoute> routes_of(const json::value& answer) {
  std::map<std::string, DeployedRoute> routes;
  const auto* apis = answer.is_object() ? answer.get_object().if_contains("apis") : nullptr;
  if (apis == nullptr || !apis->is_array()) return routes;
  for (const auto& api : apis->get_array()) {
    const auto* value = api.is_object() ? object_member(api.get_object(), "value") : nullptr;
    const auto* document = value == nullptr ? nullptr : object_member(*value, "apidoc");
    if (document != nullptr) add_routes(*document, routes);
  }
  return routes;
}

std::string feed_of(const json::object& trigger) {
  const auto* feed = annotation_of(trigger, "feed");
  return feed != nullptr && feed->is_string() ? std::string(feed->get_string()) : std::string();
}

/// Returns the name of a rule's trigger, which the rule has as `{"path": …, "name": …}` or `/NS/NAME`.
std::string trigger_of(const json::object& rule) {
  if (const auto* trigger = object_member(rule, "trigger")) return std::string(string_member(*trigger, "name"));
  const auto text = string_member(rule, "trigger");
  return std::string(text.substr(text.rfind('/') + 1));
}

/// Finds the deployed entities that are to be removed.
class Removal {
 public:
  Removal(const Deployed& deployed, const std::set<std::string>& names) : deployed_(deployed), names_(names) {}

  /// Keeps this entity, because the project still has it.
  void keep(EntityKind kind, const std::string& name) { kept_.emplace(kind, name); }
  /// Removes this entity even if it is not marked as the project's.
  void remove_too(EntityKind kind, const std::string& name) { also_removed_.emplace(kind, name); }

  void add_to(Plan& plan) {
    const auto triggers = to_remove(EntityKind::trigger, deployed_.triggers);
    for (const auto& [name, rule] : deployed_.rules)
      if (triggers.contains(trigger_of(rule))) also_removed_.emplace(EntityKind::rule, name);
    const auto actions = to_remove(EntityKind::action, deployed_.actions);
    for (const auto& [name, route] : deployed_.routes)
      if (actions.contains(route.action)) also_removed_.emplace(EntityKind::route, name);
    for (const auto& name : to_remove(EntityKind::rule, deployed_.rules)) add(plan, EntityKind::rule, name);
    for (const auto& [name, route] : deployed_.routes) {
      if (!also_removed_.contains({EntityKind::route, name}) || kept_.contains({EntityKind::route, name})) continue;
      add(plan, EntityKind::route, name);
      plan.steps.back().old_route = route;
    }
    for (const auto& name : triggers) {
      add(plan, EntityKind::trigger, name);
      plan.steps.back().old_feed = feed_of(deployed_.triggers.at(name));
    }
    for (const auto& name : actions) add(plan, EntityKind::action, name);
    for (const auto& name : to_remove(EntityKind::package, deployed_.packages)) add_package(plan, name, actions);
  }

 private:
  std::set<std::string> to_remove(EntityKind kind, const std::map<std::string, json::object>& entities) const {
    std::set<std::string> names;
    for (const auto& [name, entity] : entities) {
      const bool ours = names_.contains(managed_by(entity).project) || also_removed_.contains({kind, name});
      if (ours && !kept_.contains({kind, name})) names.insert(name);
    }
    return names;
  }

  void add(Plan& plan, EntityKind kind, const std::string& name) {
    plan.steps.push_back({.change = Change::remove, .kind = kind, .name = name});
  }

  void add_package(Plan& plan, const std::string& name, const std::set<std::string>& actions) {
    std::vector<std::string> foreign;
    for (const auto& [action, entity] : deployed_.actions)
      if (action.starts_with(cat(name, "/")) && !actions.contains(action)) foreign.push_back(action);
    if (foreign.empty()) return add(plan, EntityKind::package, name);
    plan.notes.push_back(cat("The package ", name, " stays: it contains ", join(foreign, ", "),
                             ", which this project has not deployed."));
  }

  const Deployed& deployed_;
  const std::set<std::string>& names_;
  std::set<std::pair<EntityKind, std::string>> kept_;
  std::set<std::pair<EntityKind, std::string>> also_removed_;
};

Change change_of(const DesiredEntity& desired, const Deployed& deployed, const std::set<std::string>& names) {
  if (desired.kind == EntityKind::route) {
    const auto route = deployed.routes.find(desired.name);
    if (route == deployed.routes.end()) return Change::create;
    const auto& target = desired.body.at("apidoc").at("action").at("name").as_string();
    return std::string_view(target) == route->second.action ? Change::keep : Change::update;
  }
  const auto* entity = deployed.find(desired.kind, desired.name);
  if (entity == nullptr) return Change::create;
  const auto managed = managed_by(*entity);
  return names.contains(managed.project) && managed.hash == desired.hash ? Change::keep : Change::update;
}

/// Splits `/whisk.system/alarms/interval` or `alarms/interval` into namespace and action.
std::pair<std::string, std::string> feed_action(const std::string& feed, const std::string& own) {
  if (!feed.starts_with('/')) return {own, feed};
  const auto slash = std::min(feed.find('/', 1), feed.size() - 1);
  return {feed.substr(1, slash - 1), feed.substr(slash + 1)};
}

/// Makes the changes of a plan. The calls of feeds are those of docs/protocols/openwhisk-api.md, "Triggers, rules and
/// feeds".
class Applying {
 public:
  Applying(const OpenWhiskClient& client, const Secret& key) : client_(client), key_(key) {}

  void make(const Step& step) const {
    if (step.kind == EntityKind::route) {
      client_.create_api(step.desired.body, step.desired.route.response);
    } else if (step.kind == EntityKind::trigger && (!step.desired.feed.empty() || !step.old_feed.empty())) {
      make_trigger(step);
    } else {
      client_.put(path_of(step), step.desired.body);
    }
  }

  void remove(const Step& step) const {
    if (step.kind == EntityKind::route) {
      return client_.delete_api(step.old_route.base_path, step.old_route.path, step.old_route.method);
    }
    if (!step.old_feed.empty()) remove_from_feed(step.old_feed, step.name);
    client_.remove(path_of(step));
  }

 private:
  static std::string path_of(const Step& step) { return cat(name_of(step.kind), "s/", encoded_path(step.name)); }

  json::value call_feed(const std::string& feed, std::string_view event, const std::string& trigger,
                        const json::object& inputs) const {
    const auto [name_space, action] = feed_action(feed, client_.access().name_space);
    auto params = inputs;
    params["lifecycleEvent"] = event;
    params["authKey"] = key_.reveal();
    params["triggerName"] = cat("/", client_.access().name_space, "/", trigger);
    return client_.invoke(name_space, action, params);
  }

  /// Removes the trigger from the feed. Ignores the error of a feed that does not know the trigger.
  void remove_from_feed(const std::string& feed, const std::string& trigger) const {
    try {
      call_feed(feed, "DELETE", trigger, {});
    } catch (const Error& error) {
      if (error.http_status() == 0 || error.code() == "not_authorized") throw;
    }
  }

  /// Writes the hash last: if the deployment ends before the feed has the trigger, the next one sees that it is not
  /// complete.
  void make_trigger(const Step& step) const {
    const auto& desired = step.desired;
    client_.put(path_of(step), with_hash(desired.body, ""));
    if (!step.old_feed.empty()) remove_from_feed(step.old_feed, desired.name);
    if (!desired.feed.empty()) {
      if (desired.feed != step.old_feed) remove_from_feed(desired.feed, desired.name);
      const auto answer = call_feed(desired.feed, "CREATE", desired.name, desired.feed_inputs);
      const auto* response = answer.is_object() ? object_member(answer.get_object(), "response") : nullptr;
      const auto* success = response == nullptr ? nullptr : response->if_contains("success");
      if (success != nullptr && success->is_bool() && !success->get_bool()) throw feed_failed(desired, *response, key_);
    }
    client_.put(path_of(step), desired.body);
  }

  static Error feed_failed(const DesiredEntity& desired, const json::object& response, const Secret& key) {
    const auto* result = response.if_contains("result");
    return Error::failure("feed_failed",
                          cat("The feed ", desired.feed, " refused the trigger ", desired.name, ": ",
                              result == nullptr ? "it did not say why" : presentable(to_json(*result), {&key})))
        .hint("Correct the trigger's `inputs`.")
        .at(desired.where);
  }

  const OpenWhiskClient& client_;
  const Secret& key_;
};

}  // namespace

const json::object* Deployed::find(EntityKind kind, const std::string& name) const {
  const auto& entities = kind == EntityKind::package   ? packages
                         : kind == EntityKind::action  ? actions
                         : kind == EntityKind::trigger ? triggers
                                                       : rules;
  const auto found = entities.find(name);
  return found == entities.end() ? nullptr : &found->second;
}

Deployed read_deployed(const OpenWhiskClient& client, bool with_routes) {
  Deployed deployed{.packages = by_name(client, "packages"),
                    .actions = by_name(client, "actions"),
                    .triggers = by_name(client, "triggers"),
                    .rules = by_name(client, "rules"),
                    .routes = {}};
  if (with_routes) deployed.routes = routes_of(client.get_apis());
  return deployed;
}

std::string_view name_of(Change change) {
  switch (change) {
    case Change::create:
      return "new";
    case Change::update:
      return "changed";
    case Change::remove:
      return "removed";
    case Change::keep:
      break;
  }
  return "unchanged";
}

bool Plan::changes_anything() const {
  return std::ranges::any_of(steps, [](const Step& step) { return step.change != Change::keep; });
}

Plan make_plan(const DesiredEntities& desired, const Deployed& deployed) {
  Plan plan;
  Removal removal(deployed, desired.project_names);
  for (const auto& entity : desired.all) {
    const auto change = change_of(entity, deployed, desired.project_names);
    Step step{.change = change, .kind = entity.kind, .name = entity.name, .desired = entity};
    const auto* known = entity.kind == EntityKind::trigger ? deployed.find(entity.kind, entity.name) : nullptr;
    if (known != nullptr) step.old_feed = feed_of(*known);
    plan.steps.push_back(std::move(step));
    removal.keep(entity.kind, entity.name);
    if (entity.kind != EntityKind::route) continue;
    for (const auto& [name, route] : deployed.routes)
      if (route.base_path == entity.route.base_path) removal.remove_too(EntityKind::route, name);
  }
  removal.add_to(plan);
  return plan;
}

Plan make_removal_plan(const app::Project& project, const std::set<std::string>& project_names,
                       const Deployed& deployed) {
  Plan plan;
  Removal removal(deployed, project_names);
  // `adit dev` lists what the manifest defines beside what was deployed: a rule whose trigger this project has not
  // deployed, or a route whose action it has not deployed, is not deployed either.
  const auto is_foreign = [&](const std::map<std::string, json::object>& entities, const std::string& name) {
    const auto found = entities.find(name);
    return found != entities.end() && !project_names.contains(managed_by(found->second).project);
  };
  for (const auto* rule : project.rules()) {
    const auto known = deployed.rules.find(rule->name);
    // A rule of this name with another trigger is not this project's.
    if (known != deployed.rules.end() && trigger_of(known->second) == rule->trigger &&
        !is_foreign(deployed.triggers, rule->trigger))
      removal.remove_too(EntityKind::rule, rule->name);
  }
  for (const auto* route : project.routes()) {
    const auto name = cat(to_upper(route->method), " ", route->base_path, route->path);
    const auto known = deployed.routes.find(name);
    if (known != deployed.routes.end() && !is_foreign(deployed.actions, known->second.action))
      removal.remove_too(EntityKind::route, name);
  }
  removal.add_to(plan);
  return plan;
}

void apply(const Plan& plan, const OpenWhiskClient& client, const Secret& key,
           const std::function<void(const Step&)>& before) {
  const Applying applying(client, key);
  for (const auto& step : plan.steps) {
    if (step.change == Change::keep) continue;
    before(step);
    if (step.change == Change::remove) {
      applying.remove(step);
    } else {
      applying.make(step);
    }
  }
}

}  // namespace adit::deploy
