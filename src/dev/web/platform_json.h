#pragma once

#include <string>

#include "adit/json.h"

namespace adit::dev {

/// Formats JSON for people, as the controller does (spray-json's PrettyPrinter): each member of an object on its own
/// line, the elements of an array on one line.
[[nodiscard]] std::string to_platform_json(const json::value& value);

}  // namespace adit::dev
