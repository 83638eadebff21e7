#pragma once

#include <string>
#include <string_view>

namespace adit::cli {

/// What `adit call` answers to an option of curl that it does not have: what stands for it here, or why nothing does.
/// Returns an empty text for every other word. `option`: `--proxy`, `-x`.
[[nodiscard]] std::string instead_of_curl_option(std::string_view option);

}  // namespace adit::cli
