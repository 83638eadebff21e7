#pragma once

#include <cstdint>
#include <optional>

#include "adit/json.h"

namespace adit {

/// Returns the value of a whole number, or of a string that contains one; nullopt for all other values, for a null
/// pointer, and for a double that is too large to be exact. (Some servers and tools write numbers as strings, and the
/// other way round.)
[[nodiscard]] std::optional<std::int64_t> whole_number(const json::value* value);

}  // namespace adit
