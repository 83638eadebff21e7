#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "adit/clock.h"

#include "dev/entity/action_entity.h"
#include "dev/entity/entity_name.h"
#include "dev/host/activation_record.h"

// Conductor actions. An action with the annotation `conductor` decides at run time which actions run, as in OpenWhisk
// (docs/conductors.md and core/controller/actions/PrimitiveActions.scala, invokeComposition, of apache/openwhisk). It
// answers `{action, params, state}`: the next action, its parameters, and a state. When that action has ended, the
// conductor runs again, with the action's result and the state as parameters. An answer without `action` ends the
// composition with `params` as its result.
namespace adit::dev {

/// Whether an action is a conductor. A sequence never is.
[[nodiscard]] bool is_conductor(const ActionEntity& action);

/// The number of activations that a composition has made. A composition inside another one counts in the same object,
/// so that every composition ends.
struct CompositionCount {
  std::size_t components = 0;
  std::size_t conductors = 0;
};

struct Composition {
  /// The namespace of names without one.
  std::string_view name_space;
  CompositionCount& count;
  /// Runs the conductor once.
  std::function<ActivationRecord(json::value params)> conduct;
  /// Runs the action that the conductor names, and counts it as a component unless it is a conductor. Returns `nullopt`
  /// if it does not exist.
  std::function<std::optional<ActivationRecord>(const EntityPath& path, json::value params)> run;
};

/// Runs a composition and fills `record` as for a sequence: its log contains the ids of the activations, its duration
/// is their sum, its memory limit their maximum. The caller sets its id, name, path and namespace.
void run_composition(const Composition& composition, json::value params, const Clock& clock, ActivationRecord& record);

}  // namespace adit::dev
