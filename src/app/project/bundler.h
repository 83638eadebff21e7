#pragma once

#include <string>

#include "app/project/project.h"

namespace adit::app {

/// The project's own esbuild, as `npm install` puts it there: the program for this machine in node_modules/@esbuild,
/// node_modules/.bin/esbuild, or the script of node_modules/esbuild. Empty if the project has none. Running it runs
/// code of the project: ask only in commands that the user gave to build or to run something.
[[nodiscard]] std::string find_bundler(const std::string& root);

/// Returns true for a Node.js action whose function is one file, which Adobe's build bundles (webpack; a folder or a
/// zip is packed as it is), if the project has a bundler that adit can call.
[[nodiscard]] bool is_bundled(const Project& project, const Action& action);

/// Returns true for the endings of TypeScript: `.ts`, `.mts`, `.cts`, `.tsx`.
[[nodiscard]] bool is_typescript(const std::string& path);

}  // namespace adit::app
