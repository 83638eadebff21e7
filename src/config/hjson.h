#pragma once

#include <string_view>

#include "adit/json.h"

namespace adit {

/// Parses Hjson (https://hjson.github.io/syntax.html), the format in which the aio CLI reads and writes `.aio`: JSON
/// with comments, unquoted keys and texts, multi-line texts in `'''`, and missing or surplus commas. Every JSON text is
/// Hjson. The braces of the root object are required. Line ends may be CRLF or LF. Throws the same errors as
/// parse_json(), and never quotes the text.
[[nodiscard]] json::value parse_hjson(std::string_view text, std::string_view what, const JsonLimits& limits = {});

}  // namespace adit
