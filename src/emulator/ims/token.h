#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The token endpoints of OAuth server-to-server: client credentials (docs/protocols/ims.md; RFC 6749 section 4.4).
[[nodiscard]] std::vector<Route> token_routes();

}  // namespace adit::emulator
