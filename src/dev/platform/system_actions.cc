#include "dev/platform/system_actions.h"

#include <utility>

namespace adit::dev {
namespace {

/// Runs a validator. If it accepts the caller, its result is its parameters, for the next action of the sequence.
SystemAnswer validate_caller(const ValidateToken& validate, const json::object& params) {
  if (auto refused = refuse_unauthorized(params, validate))
    return {.status = ActivationStatus::application_error, .result = *std::move(refused)};
  return {.status = ActivationStatus::success, .result = params};
}

}  // namespace

SystemActions::SystemActions(const ValidateToken& validate, Feed alarms) {
  for (const std::string name_space : {"adobeio", "adobeio-stage"})
    for (const std::string name : {"headless-v2", "app-registry", "headless"})
      add({name_space, "shared-validators-v1", name}, {},
          [validate](const json::object& params) { return validate_caller(validate, params); });
  for (const std::string name : {"alarm", "interval", "once"})
    add({"whisk.system", "alarms", name}, {{"feed", true}},
        [alarms, name](const json::object& params) { return alarms(name, params); });
}

void SystemActions::add(const EntityPath& path, json::object annotations, RunSystemAction run) {
  auto served = std::make_shared<ServedAction>();
  served->entity.name_space = path.path();
  served->entity.name = path.name;
  served->entity.publish = true;
  served->entity.kind = "nodejs:default";
  served->entity.annotations = std::move(annotations);
  served->system = std::move(run);
  packages_[path.name_space][path.package].push_back(served->entity);
  actions_.emplace(path.to_string(), std::move(served));
}

std::shared_ptr<const ServedAction> SystemActions::find(const EntityPath& path) const {
  const auto found = actions_.find(path.to_string());
  return found != actions_.end() ? found->second : nullptr;
}

const std::map<std::string, std::vector<ActionEntity>>* SystemActions::packages(const std::string& name_space) const {
  const auto found = packages_.find(name_space);
  return found != packages_.end() ? &found->second : nullptr;
}

}  // namespace adit::dev
