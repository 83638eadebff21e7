#pragma once

#include <string_view>

namespace adit::app {

/// Returns true if the variable's name says that its value is a secret.
[[nodiscard]] bool names_a_secret(std::string_view name);

}  // namespace adit::app
