#pragma once

#include "adit/json.h"

namespace adit::emulator {

class Service;

/// What `GET /__adit/stats` answers.
[[nodiscard]] json::object stats_of(const Service& service);

}  // namespace adit::emulator
