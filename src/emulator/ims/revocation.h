#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints that revoke a token or report whether it is valid (docs/protocols/ims.md, "The other endpoints";
/// RFC 7009).
[[nodiscard]] std::vector<Route> revocation_routes();

}  // namespace adit::emulator
