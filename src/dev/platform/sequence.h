#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"

#include "app/manifest/sequence_limits.h"
#include "dev/host/activation_record.h"

namespace adit::dev {

/// Runs one component of a sequence. `name` is as in the sequence, `params` an object or an array. Returns `nullopt` if
/// there is no such component.
using RunComponent = std::function<std::optional<ActivationRecord>(const std::string& name, json::value params)>;

/// Runs a sequence as OpenWhisk does (core/controller/actions/SequenceActions.scala). The result of each component is
/// the parameters of the next. The first component that fails, or answers `{"error": …}`, ends the sequence with its
/// result. A component that does not exist ends it with an application error. Fills `record`: its log contains the ids
/// of the components' activations, its duration is their sum, its memory limit their maximum. The caller sets its id,
/// name, path and namespace.
void run_sequence(const std::vector<std::string>& components, json::value params, const RunComponent& run,
                  const Clock& clock, ActivationRecord& record);

/// Returns the message with which OpenWhisk would reject a sequence of this name; empty if it would accept it.
[[nodiscard]] std::string_view sequence_refusal(const std::string& name, const std::vector<std::string>& components,
                                                const app::ComponentsOf& components_of);

/// Returns a component's name as `PACKAGE/NAME`, if it is in this namespace or in `_`; otherwise unchanged.
[[nodiscard]] std::string local_name(const std::string& component, std::string_view name_space);

}  // namespace adit::dev
