#pragma once

#include <optional>

#include "adit/error.h"

#include "app/project/project.h"

namespace adit::app {

/// Why adit does not run the action, whose code Adobe's tools would deploy: TypeScript in a project without esbuild, a
/// zip archive, a container image, a runtime that is neither Node.js nor C++. `adit invoke` and `adit dev` throw this
/// error, `adit check` reports it. Whether the code is there is not looked at.
[[nodiscard]] std::optional<Error> refusal_to_run(const Project& project, const Action& action);

}  // namespace adit::app
