#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit {

/// Parses the JSON text of a user's file. Throws Error `invalid_json` (configuration) with the file's line and column
/// and with `hint`. Never quotes the text, because it may contain secrets.
[[nodiscard]] json::value parse_json_file(std::string_view text, const std::string& file, std::string_view hint,
                                          const JsonLimits& limits = {});

/// Returns the kind of a value, for messages: "an object", "an array", "a string", "a number", "true", "null".
[[nodiscard]] std::string kind_of(const json::value& value);

}  // namespace adit
