#pragma once

#include <functional>
#include <string>

#include "adit/clock.h"

#include "app/project/project.h"
#include "dev/host/activation_record.h"

namespace adit::dev {

/// Runs one part of a sequence: its name as the sequence writes it, and its parameters.
using RunComponent = std::function<ActivationRecord(const std::string& name, json::object params)>;

/// Runs a sequence as OpenWhisk does (core/controller/actions/SequenceActions.scala): each part's result is the next
/// one's parameters; the first that fails, or answers `{"error": …}`, ends it with its result. The record's log holds
/// the parts' activation ids. A part that is not there, or a result that the next part cannot take (a list), is a
/// developer error. `record` is filled: its id, name, path and namespace are the caller's.
void run_sequence(const app::Sequence& sequence, json::object params, const RunComponent& run, const Clock& clock,
                  ActivationRecord& record);

/// The cycle that begins at the sequence, `a/b -> a/c -> a/b`; empty where there is none.
[[nodiscard]] std::string sequence_cycle(const app::Project& project, const app::Sequence& sequence);

}  // namespace adit::dev
