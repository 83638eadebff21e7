#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"

namespace adit::dev {

struct BuildOptions {
  /// The project's root; what is built goes below it, into `dist`.
  std::string root;
  std::string package;
  std::string action;
  /// The folder that holds the action's CMakeLists.txt.
  std::string folder;
  /// Where the action's `function` stands, for messages.
  SourcePosition where;
  /// The folder that holds adit-config.cmake; empty: found beside this program.
  std::string adit_dir;
  std::string build_type = "Release";
  /// Called once, before a compiler is started; not where everything is up to date.
  std::function<void()> on_start;
  /// What cmake and the compiler print, as they print it. Nothing is shown of a configuration that succeeds.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

struct BuildResult {
  /// dist/PACKAGE/ACTION/exec
  std::string program;
  bool was_built = false;
};

/// For one C++ action of a project. Throws Error `bad_function` (configuration) where its `function` is not a folder
/// with a CMakeLists.txt.
[[nodiscard]] BuildOptions build_options(const app::Project& project, const app::Action& action);

/// Makes dist/PACKAGE/ACTION/exec of a folder with a CMakeLists.txt, where any file of it, a header that it includes
/// from elsewhere in the project, or adit itself changed since the last time; finding out that none did starts no
/// process. The build tree is dist/.build/PACKAGE/ACTION. `exec` is replaced at once, so that a running action keeps
/// its program. Two builds of one action wait for each other.
///
/// Throws Error: `build_failed` (failure; the compiler's own words went to on_output), `cmake_missing`, `adit_missing`,
/// `no_target`, `several_targets` (configuration), `build_busy`, `interrupted`.
BuildResult build_action(const BuildOptions& options);

/// The files that the last good build of the action was made of: those of its folder, headers from elsewhere in the
/// project, adit's own, and the program. Empty if there was none, or if a source changed while it ran.
[[nodiscard]] std::vector<std::string> built_files(const BuildOptions& options);

/// The folder of the adit-config.cmake that belongs to this program: its own (a build tree), or lib/cmake/adit beside
/// its folder. Throws Error `adit_missing`.
[[nodiscard]] std::string find_adit_dir();

}  // namespace adit::dev
