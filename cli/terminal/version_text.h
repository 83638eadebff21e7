#pragma once

#include <string>

#include "adit/json.h"

namespace adit::cli {

/// Returns the version, the commit, the compiler, and the versions of the libraries: for those that are loaded, the
/// version installed now, which may be newer than the one at compile time.
[[nodiscard]] json::object version_details();

/// Returns what `adit --version` prints: `adit 0.2.0`, and below it the commit, the compiler and the libraries.
[[nodiscard]] std::string version_text();

}  // namespace adit::cli
