#pragma once

#include <string>

#include "app/project/project.h"

namespace adit::app {

/// Returns the path of the project's own esbuild, as `npm install` installs it: the program for this machine in
/// node_modules/@esbuild, node_modules/.bin/esbuild, or the script of node_modules/esbuild. Empty if the project has
/// none. To run it is to run code of the project: do so only in commands by which the user builds or runs something.
[[nodiscard]] std::string find_bundler(const std::string& root);

/// Returns true for a Node.js action whose function is one file, if the project has a bundler that adit can call.
/// Adobe's build bundles such an action with webpack, and packs a folder or a zip as it is.
[[nodiscard]] bool is_bundled(const Project& project, const Action& action);

/// Returns true for the endings of TypeScript: `.ts`, `.mts`, `.cts`, `.tsx`.
[[nodiscard]] bool is_typescript(const std::string& path);

}  // namespace adit::app
