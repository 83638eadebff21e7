#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of the keys that verify access tokens, as a JWK Set (RFC 7517), and of their rotation.
[[nodiscard]] std::vector<Route> keys_routes();

}  // namespace adit::emulator
