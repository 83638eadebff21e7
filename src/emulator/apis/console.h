#pragma once

#include <vector>

#include "emulator/server/route.h"

namespace adit::emulator {

/// The endpoints of the Developer Console's API that list, add and remove client secrets (Adobe, "OAuth
/// Server-to-Server credential API Reference"). The organisation in the path is the Console's own number. A credential
/// does not contain it, so any number is accepted.
[[nodiscard]] std::vector<Route> console_routes();

}  // namespace adit::emulator
