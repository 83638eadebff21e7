#pragma once

#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)

namespace adit {

/// The names in a setting of scopes or metascopes: a JSON array, or a list with commas or blanks between; each name
/// once, in order.
[[nodiscard]] std::vector<std::string> parse_scopes(std::string_view text);

}  // namespace adit

#pragma GCC visibility pop
