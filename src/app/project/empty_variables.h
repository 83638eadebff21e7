#pragma once

#include <vector>

#include "app/project/inputs.h"

namespace adit::app {

/// The variables that the action's inputs name and that are set, without a value. That may be meant.
[[nodiscard]] std::vector<Unset> empty_variables(const Action& action, const Environment& environment);

}  // namespace adit::app
