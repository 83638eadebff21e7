#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit {

/// Strict JSON of a user's file. Throws Error `invalid_json` (configuration) at the file's line and column, with that
/// hint; never quotes the text, which may hold secrets.
[[nodiscard]] json::value parse_json_file(std::string_view text, const std::string& file, std::string_view hint,
                                          const JsonLimits& limits = {});

/// For messages: "an object", "an array", "a text", "a number", "true", "null".
[[nodiscard]] std::string kind_of(const json::value& value);

}  // namespace adit
