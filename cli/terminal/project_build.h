#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "adit/environment.h"

#include "app/project/project.h"
#include "dev/sources/build.h"

namespace adit::cli {

/// Builds a C++ action where something changed, with the compiler's words on stderr; says so on stderr where it does.
/// An interrupted build ends with Error `interrupted`.
dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action);

/// The same for a JavaScript action that is bundled (app::is_bundled); BuildResult::program is the script.
dev::BuildResult bundle_for_terminal(const app::Project& project, const app::Action& action,
                                     const Environment& environment);

/// Runs the hooks of these names, one name after the other, of one extension or of all of them (`extension` empty):
/// names and output go to stderr. Throws what dev::run_hook throws. Only for commands that the user gave to build, run
/// or deploy something.
void run_hooks_for_terminal(const app::Project& project, const Environment& environment,
                            std::initializer_list<std::string_view> names, std::string_view extension = {});

/// The extension that defines the action, for its hooks.
std::string extension_of(const app::Project& project, const app::Action& action);

/// The project that the current folder, or `folder` where given, belongs to; its warnings go to stderr.
app::Project open_project(const std::string& folder);

}  // namespace adit::cli
