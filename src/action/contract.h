#pragma once

#include <chrono>
#include <string>

#include "adit/action.h"

// Functions that the runtime contracts share, besides run_activation().

namespace adit {

/// Sets the `__OW_…` variables that are the same in every activation of a container (namespace, action, API host and
/// key), for programs that run several activations at once. Call it before the first one begins.
void set_container_environment(const boost::json::object& message);

/// Returns how long the activation may run from now on: until its deadline. If that is missing or has already passed,
/// returns three hours, the longest time limit of Adobe I/O Runtime.
[[nodiscard]] std::chrono::milliseconds time_to_run(const boost::json::object& message);

}  // namespace adit
