#pragma once

#include <string>

namespace adit::cli {

/// Returns what `adit --version` prints: `adit 0.2.0`, and below it the commit, the compiler and the libraries.
[[nodiscard]] std::string version_text();

}  // namespace adit::cli
