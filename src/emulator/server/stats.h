#pragma once

#include "adit/json.h"

namespace adit::emulator {

class Service;

/// The response body of `GET /__adit/stats`.
[[nodiscard]] json::object stats_of(const Service& service);

}  // namespace adit::emulator
