#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "adit/clock.h"

#include "dev/entity/action_entity.h"
#include "dev/entity/entity_name.h"
#include "dev/host/activation_record.h"

// Conductor actions: an action with the annotation `conductor` decides while it runs which actions run, as in OpenWhisk
// (docs/conductors.md; core/controller/actions/PrimitiveActions.scala, invokeComposition). It answers
// `{action, params, state}`: the action that runs next, its parameters, and what the conductor is given again beside
// that action's result when it runs next. An answer without `action` ends the composition, with `params` as its
// result.
namespace adit::dev {

/// Whether an action conducts. A sequence never does.
[[nodiscard]] bool is_conductor(const ActionEntity& action);

/// How many activations a composition has made. A composition inside of another one counts into the same numbers, so
/// that every one ends.
struct CompositionCount {
  std::size_t components = 0;
  std::size_t conductors = 0;
};

struct Composition {
  /// The namespace that a name without one is in.
  std::string_view name_space;
  CompositionCount& count;
  /// Runs the conductor itself once.
  std::function<ActivationRecord(json::value params)> conduct;
  /// Runs what the conductor names, and counts it as a component unless it conducts itself. Nothing if it does not
  /// exist.
  std::function<std::optional<ActivationRecord>(const EntityPath& path, json::value params)> run;
};

/// Runs a composition. `record` is filled, as that of a sequence is: its log holds the ids of what ran, its duration is
/// the sum of theirs, its memory limit the highest of theirs. Its id, name, path and namespace are the caller's.
void run_composition(const Composition& composition, json::value params, const Clock& clock, ActivationRecord& record);

}  // namespace adit::dev
