#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "adit/environment.h"

#include "app/project/project.h"
#include "dev/sources/build.h"

namespace adit::cli {

/// Builds a C++ action if something changed; reports that, and the compiler's output, on stderr. An interrupted build
/// ends with Error `interrupted`.
dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action);

/// Does the same for a JavaScript action that is bundled (app::is_bundled); BuildResult::program is the script.
dev::BuildResult bundle_for_terminal(const app::Project& project, const app::Action& action,
                                     const Environment& environment);

/// Runs the hooks of these names in order, of one extension or of all (`extension` empty). Their names and output go to
/// stderr. Throws what dev::run_hook throws. Use it only in commands by which the user builds, runs or deploys
/// something.
void run_hooks_for_terminal(const app::Project& project, const Environment& environment,
                            std::initializer_list<std::string_view> names, std::string_view extension = {});

/// Returns the extension that defines the action, for its hooks.
std::string extension_of(const app::Project& project, const app::Action& action);

/// Returns the project to which `folder`, or the current folder if it is empty, belongs. Prints its warnings to stderr.
app::Project open_project(const std::string& folder);

}  // namespace adit::cli
