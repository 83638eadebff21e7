#pragma once

#include "app/project/project.h"
#include "dev/sources/build.h"

namespace adit::cli {

/// Builds a C++ action where something changed, with the compiler's words on stderr; says so on stderr where it does.
/// An interrupted build ends with Error `interrupted`.
dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action);

/// The project that the current folder, or `folder` where given, belongs to; its warnings go to stderr.
app::Project open_project(const std::string& folder);

}  // namespace adit::cli
