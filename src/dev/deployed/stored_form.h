#pragma once

#include <optional>
#include <string_view>

#include "adit/json.h"

#include "dev/deployed/entity_store.h"

// The form of entities in the state folder: `{"is": "action", …}`. Reading any other JSON throws some std::exception.
namespace adit::dev {

[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedAction& action);
[[nodiscard]] json::object stored_form(const EntityKey& key, const PackageEntity& package);
[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedTrigger& trigger);
[[nodiscard]] json::object stored_form(const EntityKey& key, const RuleEntity& rule);
[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedApi& api);

/// Returns `nullopt` if the entity is of another kind.
template <typename Entity>
[[nodiscard]] std::optional<std::pair<EntityKey, Entity>> from_stored_form(const json::object& stored);

}  // namespace adit::dev
