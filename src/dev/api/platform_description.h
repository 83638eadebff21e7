#pragma once

#include "adit/json.h"

// What the platform reports about itself.
namespace adit::dev {

/// The host: `{"description", "runtimes", …}`.
[[nodiscard]] json::object host_description();
[[nodiscard]] json::object api_description();
[[nodiscard]] json::object namespace_limits();

}  // namespace adit::dev
