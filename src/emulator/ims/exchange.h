#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of JWT exchange (docs/protocols/ims.md).
[[nodiscard]] std::vector<Route> exchange_routes();

}  // namespace adit::emulator
