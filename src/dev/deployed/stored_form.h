#pragma once

#include <optional>
#include <string_view>

#include "adit/json.h"

#include "dev/deployed/entity_store.h"

// Entities as the state folder holds them: `{"is": "action", …}`. What reads them throws std::exception of any kind for
// what is not such a text.
namespace adit::dev {

[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedAction& action);
[[nodiscard]] json::object stored_form(const EntityKey& key, const PackageEntity& package);
[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedTrigger& trigger);
[[nodiscard]] json::object stored_form(const EntityKey& key, const RuleEntity& rule);
[[nodiscard]] json::object stored_form(const EntityKey& key, const DeployedApi& api);

/// Returns `nullopt` if it is an entity of another kind.
template <typename Entity>
[[nodiscard]] std::optional<std::pair<EntityKey, Entity>> from_stored_form(const json::object& stored);

}  // namespace adit::dev
