#pragma once

#include <optional>

#include "adit/error.h"

#include "app/project/project.h"

namespace adit::app {

/// Returns why adit cannot run an action that Adobe's tools would deploy: TypeScript in a project without esbuild, a
/// zip archive, a container image, or a runtime that is neither Node.js nor C++. `adit invoke` and `adit dev` throw
/// this error, `adit check` reports it. Does not check whether the code exists.
[[nodiscard]] std::optional<Error> refusal_to_run(const Project& project, const Action& action);

}  // namespace adit::app
