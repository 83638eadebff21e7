#pragma once

#include <vector>

#include "adit/json.h"

#include "emulator/server/route.h"

namespace adit::emulator {

class Service;

/// The response body of `GET /__adit/stats`.
[[nodiscard]] json::object stats_of(const Service& service);

/// The endpoint that returns it.
[[nodiscard]] std::vector<Route> stats_routes();

}  // namespace adit::emulator
