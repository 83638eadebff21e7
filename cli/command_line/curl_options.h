#pragma once

#include <string>
#include <string_view>

namespace adit::cli {

/// Returns what to use in `adit call` instead of an option of curl that it does not have, or why there is nothing.
/// Returns an empty text for every other word. `option` is `--proxy` or `-x`, for example.
[[nodiscard]] std::string instead_of_curl_option(std::string_view option);

}  // namespace adit::cli
