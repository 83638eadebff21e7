#pragma once

#include <string>

#include "adit/json.h"

namespace adit::dev {

/// JSON for people in the controller's form (spray-json's PrettyPrinter): an object's members on lines of their own, an
/// array's elements on one line.
[[nodiscard]] std::string to_platform_json(const json::value& value);

}  // namespace adit::dev
