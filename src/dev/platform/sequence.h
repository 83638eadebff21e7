#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"

#include "app/project/sequence_limits.h"
#include "dev/host/activation_record.h"

namespace adit::dev {

/// Runs one part of a sequence: its name as the sequence writes it, and its parameters, an object or an array. Nothing
/// if there is no such part.
using RunComponent = std::function<std::optional<ActivationRecord>(const std::string& name, json::value params)>;

/// Runs a sequence as OpenWhisk does (core/controller/actions/SequenceActions.scala): each part's result is the next
/// one's parameters; the first that fails, or answers `{"error": …}`, ends it with its result. The record's log holds
/// the parts' activation ids, its duration is the sum of theirs, its memory limit the highest of theirs. A part that is
/// not there ends it with an application error. `record` is filled: its id, name, path and namespace are the caller's.
void run_sequence(const std::vector<std::string>& components, json::value params, const RunComponent& run,
                  const Clock& clock, ActivationRecord& record);

/// Why OpenWhisk would not take a sequence of this name, in its words; empty if it would.
[[nodiscard]] std::string_view sequence_refusal(const std::string& name, const std::vector<std::string>& components,
                                                const app::ComponentsOf& components_of);

/// The part's name without `/NAMESPACE/` of this namespace or `_`: `PACKAGE/NAME`.
[[nodiscard]] std::string local_name(const std::string& component, std::string_view name_space);

}  // namespace adit::dev
