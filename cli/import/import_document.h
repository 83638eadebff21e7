#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit::cli {

/// A file that Adobe's tools wrote, as JSON: JSON or Hjson where it begins with a brace or bracket, else YAML; that is
/// how the aio CLI itself tells its files apart (adobe/aio-lib-core-config, `loadFile`). CRLF, byte-order mark. `shown`
/// is what messages call it. Throws Error (configuration) `unknown_console_file`, with the place where there is one.
[[nodiscard]] json::value read_import_document(std::string_view text, const std::string& shown);

}  // namespace adit::cli
