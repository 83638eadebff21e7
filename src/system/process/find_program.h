#pragma once

#include <string>
#include <string_view>

namespace adit {

/// Returns the first program with that name in PATH; empty if there is none.
[[nodiscard]] std::string find_program(std::string_view name);

}  // namespace adit
