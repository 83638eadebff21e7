#pragma once

#include <string>

#include "dev/host/action_host.h"
#include "dev/host/action_process.h"

// What an activation's record says of an answer, or of there being none.
namespace adit::dev {

/// Past its time limit; `starting` where it was not even ready.
void fail_in_time(ActivationRecord& record, bool starting);

/// The process ended without the answer that it owed.
void record_ending(ActivationRecord& record, ActionProcess& process, ActionProcess::Ending ending, bool starting);

/// The answer to `/init` (OpenWhisk's ActivationResponse.processInitResponseContent). Returns false, with the reason in
/// the record, unless the action is ready.
bool record_init_answer(ActivationRecord& record, int status, const std::string& body);

/// The answer to `/run` (OpenWhisk's ActivationResponse.processRunResponseContent: 200 with an object or array is the
/// action's own result, all else the developer's error). Returns false if the process broke the contract and is not to
/// be trusted again.
bool record_answer(ActivationRecord& record, int status, const std::string& body, std::size_t max_bytes);

}  // namespace adit::dev
