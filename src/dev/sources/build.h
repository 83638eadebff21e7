#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"

namespace adit::dev {

struct BuildOptions {
  /// The project's root. Build results are written to `dist` below it.
  std::string root;
  std::string package;
  std::string action;
  /// The folder with the action's CMakeLists.txt.
  std::string folder;
  /// Position of the action's `function` in the manifest, for messages.
  SourcePosition where;
  /// The folder with adit-config.cmake. If empty, find_adit_dir() finds it.
  std::string adit_dir;
  std::string build_type = "Release";
  /// Called once before a compiler is started. Not called if everything is up to date.
  std::function<void()> on_start;
  /// Called with the output of cmake and the compiler, when they write it. The output of a successful configuration is
  /// not shown.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

struct BuildResult {
  /// dist/PACKAGE/ACTION/exec
  std::string program;
  bool was_built = false;
};

/// Returns the options for a C++ action. Throws Error `bad_function` (configuration) if its `function` is not a folder
/// with a CMakeLists.txt.
[[nodiscard]] BuildOptions build_options(const app::Project& project, const app::Action& action);

/// Builds dist/PACKAGE/ACTION/exec from a folder with a CMakeLists.txt, if a file in it, a header that it includes from
/// elsewhere in the project, or adit itself has changed since the last build. If nothing has changed, no process is
/// started. The build tree is dist/.build/PACKAGE/ACTION. `exec` is replaced atomically, so that a running action keeps
/// its program. Two builds of one action wait for each other.
///
/// Throws Error: `build_failed` (failure; on_output got the compiler's messages), `cmake_missing`, `adit_missing`,
/// `no_target`, `several_targets` (configuration), `build_busy`, `program_timeout`, `interrupted`.
BuildResult build_action(const BuildOptions& options);

/// Returns the files of the action's last successful build: those of its folder, headers from elsewhere in the project,
/// adit's own, and the program. Empty if there was no such build, or if a source changed while it ran.
[[nodiscard]] std::vector<std::string> built_files(const BuildOptions& options);

/// Returns the folder of the adit-config.cmake that belongs to this program: the program's own folder (in a build
/// tree), or lib/cmake/adit next to that folder. Throws Error `adit_missing`.
[[nodiscard]] std::string find_adit_dir();

}  // namespace adit::dev
