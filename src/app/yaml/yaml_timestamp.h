#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::app {

/// Converts an unquoted date or time of YAML 1.1 (https://yaml.org/type/timestamp.html) to the JSON text of a
/// JavaScript Date: `2020-01-01` gives "2020-01-01T00:00:00.000Z". Returns nullopt if the text is neither.
[[nodiscard]] std::optional<std::string> timestamp_in_json(std::string_view text);

}  // namespace adit::app
