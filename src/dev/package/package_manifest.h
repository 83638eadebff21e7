#pragma once

#include <string>

#include "app/project/project.h"

namespace adit::dev {

/// Returns the action's part of `runtimeManifest` for `aio app deploy`, as YAML. It is as in the project, with inputs
/// not mapped, except for the runtime and `function`, which becomes `folder` (its path relative to the file of this
/// manifest).
[[nodiscard]] std::string package_manifest(const app::Action& action, const std::string& folder);

/// Returns the same without the enclosing keys, for an `$include` below the action's name in a larger configuration,
/// such as an extension's file. Each line is indented by `indent` spaces.
[[nodiscard]] std::string action_manifest(const app::Action& action, const std::string& folder, int indent = 0);

}  // namespace adit::dev
