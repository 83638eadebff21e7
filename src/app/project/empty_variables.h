#pragma once

#include <vector>

#include "app/project/inputs.h"

namespace adit::app {

/// Returns the variables that the action's inputs name and that are set to an empty value, which may be intended.
[[nodiscard]] std::vector<Unset> empty_variables(const Action& action, const Environment& environment);

}  // namespace adit::app
