#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints that change the faults of a running emulator: POST adds one or a list, GET lists them, DELETE
/// removes all.
[[nodiscard]] std::vector<Route> fault_routes();

}  // namespace adit::emulator
