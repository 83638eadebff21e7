#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

#include "dev/deployed/entity_store.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// Answers a call of a feed in OpenWhisk's package alarms (apache/openwhisk-package-alarms;
/// docs/protocols/openwhisk-api.md, "Triggers, rules and feeds"), which sets, reads or removes the alarm of a deployed
/// trigger. `feed` is the feed's name, `name_space` the namespace of the trigger.
[[nodiscard]] SystemAnswer answer_alarm_feed(EntityStore& store, std::string_view name_space, const std::string& feed,
                                             const json::object& params);

}  // namespace adit::dev
