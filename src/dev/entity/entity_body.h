#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/json.h"

#include "dev/entity/entity_name.h"
#include "dev/entity/package_entity.h"

// What a PUT of an entity says, checked as OpenWhisk's controller checks it. A member that is not there is left as it
// is in the entity that exists. Everything is rejected (rejection.h) with 400 or 413 and the controller's words.
namespace adit::dev {

/// What all entities have.
struct EntityPut {
  std::optional<std::string> version;
  std::optional<bool> publish;
  std::optional<json::object> annotations;
  std::optional<json::object> parameters;
};

struct ActionPut : EntityPut {
  struct Exec {
    std::string kind;
    /// As it was sent: source text, or the base64 of a zip. May be empty.
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
  /// Annotations that an update takes away.
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

/// `own` is the caller's namespace, which `_` means in names.
[[nodiscard]] ActionPut read_action_put(std::string_view body, std::string_view own);
[[nodiscard]] PackagePut read_package_put(std::string_view body, std::string_view own);
[[nodiscard]] TriggerPut read_trigger_put(std::string_view body);
[[nodiscard]] RulePut read_rule_put(std::string_view body, std::string_view own);

/// Whether text is the base64 of a zip, which OpenWhisk judges by its being base64.
[[nodiscard]] bool is_binary_code(std::string_view code);

/// The kinds that an action may have.
[[nodiscard]] bool is_known_kind(std::string_view kind);

}  // namespace adit::dev
