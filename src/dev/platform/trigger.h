#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adit/clock.h"
#include "adit/json.h"

#include "dev/deployed/entity_store.h"
#include "dev/host/activation_record.h"
#include "dev/platform/catalog.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// Starts an action with these parameters. Returns the id of its activation.
using StartAction = std::function<std::string(std::shared_ptr<const ServedAction> served, json::object params)>;

/// Fires a trigger as OpenWhisk does (core/controller/Triggers.scala; docs/protocols/openwhisk-api.md, "Triggers, rules
/// and feeds"): starts the actions of its active rules with the trigger's parameters, overridden by `event`. Returns
/// the record of the trigger's activation, whose log says what each rule did. Returns `nullopt` if the trigger has no
/// active rule.
[[nodiscard]] std::optional<ActivationRecord> fire_trigger(const Catalog& catalog, const DeployedTrigger& trigger,
                                                           const json::object& event, const StartAction& start,
                                                           const Clock& clock);

}  // namespace adit::dev
