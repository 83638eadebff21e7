#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoint of the metadata that an OpenID client reads first (OpenID Connect Discovery 1.0 section 4.2), in IMS's
/// form
/// (https://developer.adobe.com/developer-console/docs/guides/authentication/UserAuthentication/ims).
[[nodiscard]] std::vector<Route> discovery_routes();

}  // namespace adit::emulator
