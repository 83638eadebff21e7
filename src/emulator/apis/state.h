#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of App Builder's State service, as @adobe/aio-lib-state calls it
/// (https://developer.adobe.com/app-builder/docs/guides/app_builder_guides/storage/application-state). The library says
/// which paths, headers and answers there are; its documentation gives the limits. The error messages are invented.
[[nodiscard]] std::vector<Route> state_routes();

}  // namespace adit::emulator
