#pragma once

#include <chrono>
#include <string>

#include "adit/action.h"

// What the runtime contracts share beside run_activation().

namespace adit {

/// Sets the `__OW_…` variables that are the same in every activation of a container (namespace, action, API host and
/// key), for programs that run several at once. Called before the first one begins.
void set_container_environment(const boost::json::object& message);

/// How long the activation may run from now on: until its deadline; if that has passed already or is not named, three
/// hours, the longest time limit that Adobe I/O Runtime has.
[[nodiscard]] std::chrono::milliseconds time_to_run(const boost::json::object& message);

}  // namespace adit
