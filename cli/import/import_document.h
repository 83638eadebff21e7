#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit::cli {

/// Parses a file that Adobe's tools wrote: as JSON or Hjson if it begins with a brace or bracket, otherwise as YAML, as
/// the aio CLI does (adobe/aio-lib-core-config, `loadFile`). Accepts CRLF and a byte-order mark. `shown` is the file's
/// name in messages. Throws Error (configuration) `unknown_console_file`, with the position if it is known.
[[nodiscard]] json::value read_import_document(std::string_view text, const std::string& shown);

}  // namespace adit::cli
