#pragma once

// The version of the library that the program has loaded (https://semver.org). Throws nothing. Thread-safe.
//
//     const bool is_expected = adit::version().starts_with("0.2.");

#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

/// The version of the library, e.g. "0.2.0".
[[nodiscard]] std::string_view version();
/// The `User-Agent` header of adit's requests, e.g. `adit/0.2.0`.
[[nodiscard]] std::string_view user_agent();

}  // namespace adit

#pragma GCC visibility pop
