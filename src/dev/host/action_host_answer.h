#pragma once

#include <string>

#include "dev/host/action_host.h"
#include "dev/host/action_process.h"

// Writes the outcome of an activation into its record: from the answer of the process, or from how it failed to answer.
namespace adit::dev {

/// The activation exceeded its time limit. `starting`: the process was not yet ready.
void fail_in_time(ActivationRecord& record, bool starting);

/// The process ended before it answered.
void record_ending(ActivationRecord& record, ActionProcess& process, ActionProcess::Ending ending, bool starting);

/// Records the answer to `/init` (OpenWhisk's ActivationResponse.processInitResponseContent). Returns whether the
/// action is ready; if it is not, the record says why.
bool record_init_answer(ActivationRecord& record, int status, const std::string& body);

/// Records the answer to `/run` (OpenWhisk's ActivationResponse.processRunResponseContent: status 200 with an object or
/// array is the action's own result, anything else a developer error). Returns false if the process broke the contract,
/// so that it must not run another activation.
bool record_answer(ActivationRecord& record, int status, const std::string& body, std::size_t max_bytes);

}  // namespace adit::dev
