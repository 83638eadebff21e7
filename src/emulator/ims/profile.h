#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints that describe the account of a token: profile, OpenID's userinfo, organisations
/// (docs/protocols/ims.md, "The other endpoints").
[[nodiscard]] std::vector<Route> profile_routes();

}  // namespace adit::emulator
