#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/json.h"

#include "dev/entity/entity_name.h"
#include "dev/entity/package_entity.h"

// Reads the body of a PUT of an entity, and checks it as OpenWhisk's controller does. A member that is missing in the
// body leaves that member of an existing entity unchanged. An invalid body is rejected (rejection.h) with 400 or 413
// and the controller's message.
namespace adit::dev {

/// Members that all entities have.
struct EntityPut {
  std::optional<std::string> version;
  std::optional<bool> publish;
  std::optional<json::object> annotations;
  std::optional<json::object> parameters;
};

struct ActionPut : EntityPut {
  struct Exec {
    std::string kind;
    /// The code as it was sent: source text, or a zip in base64. May be empty.
    std::string code;
    bool binary = false;
    std::string main;
    std::string image;
    std::vector<EntityPath> components;
  };
  struct LimitsPut {
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<int> memory_mb;
    std::optional<int> logs_mb;
    std::optional<int> concurrency;
  };
  std::optional<Exec> exec;
  LimitsPut limits;
  /// Annotations that an update removes.
  std::vector<std::string> deleted_annotations;
};

struct PackagePut : EntityPut {
  std::optional<PackageEntity::Binding> binding;
};

using TriggerPut = EntityPut;

struct RulePut : EntityPut {
  std::optional<EntityPath> trigger;
  std::optional<EntityPath> action;
};

/// `own` is the caller's namespace, for which names may have `_`.
[[nodiscard]] ActionPut read_action_put(std::string_view body, std::string_view own);
[[nodiscard]] PackagePut read_package_put(std::string_view body, std::string_view own);
[[nodiscard]] TriggerPut read_trigger_put(std::string_view body);
[[nodiscard]] RulePut read_rule_put(std::string_view body, std::string_view own);

/// Whether the code is a zip in base64. OpenWhisk takes any text that is base64 for a zip.
[[nodiscard]] bool is_binary_code(std::string_view code);

/// Whether an action may have this kind.
[[nodiscard]] bool is_known_kind(std::string_view kind);

}  // namespace adit::dev
