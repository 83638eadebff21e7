#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::app {

/// What an unquoted date or time of YAML 1.1 (https://yaml.org/type/timestamp.html) is in JSON after JavaScript has
/// read it as a Date: `2020-01-01` is "2020-01-01T00:00:00.000Z". Returns nullopt if the text is neither.
[[nodiscard]] std::optional<std::string> timestamp_in_json(std::string_view text);

}  // namespace adit::app
