#pragma once

#include <string_view>

#include "adit/json.h"

namespace adit {

/// Parses Hjson (https://hjson.github.io/syntax.html), the form in which the aio CLI reads and writes its `.aio`: JSON
/// with comments, keys and texts without quotes, `'''` texts over several lines, commas that may be missing or too
/// many. Every JSON text is Hjson; root braces have to be there. CRLF and LF alike. Throws as parse_json; never quotes
/// the text.
[[nodiscard]] json::value parse_hjson(std::string_view text, std::string_view what, const JsonLimits& limits = {});

}  // namespace adit
