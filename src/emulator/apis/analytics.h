#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of Analytics 2.0 behind Adobe's API gateway, which checks the token and the key first.
[[nodiscard]] std::vector<Route> analytics_routes();

}  // namespace adit::emulator
