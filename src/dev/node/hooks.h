#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"

#include "app/project/project.h"

/// Hooks are commands of the project that Adobe's tools run before, after or instead of their own steps
/// (https://developer.adobe.com/app-builder/docs/guides/app-hooks/). A hook runs code of the project. So run hooks only
/// in commands with which the user asks to build, run or deploy something.
namespace adit::dev {

/// A hook's command.
struct Hook {
  /// `pre-app-build`
  std::string name;
  /// `application`, or the type of the extension.
  std::string extension;
  std::string command;
};

/// Returns the commands of one hook, of this extension or, if `extension` is empty, of all extensions, in the order of
/// the configuration. A command that several extensions have is returned once.
[[nodiscard]] std::vector<Hook> hooks_named(const app::Project& project, std::string_view name,
                                            std::string_view extension = {});

struct HookEvents {
  std::function<void(const Hook&)> on_start;
  /// Called with the output of the command: both streams, in the order of writing.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

/// Runs the command and waits for its end, as Adobe's tools do (aio-cli-plugin-app, src/lib/app-helper.js). If the
/// command names a file that Node.js can load, its function is called with the configuration; any other command is run
/// by the shell. It runs in the project's root, with node_modules/.bin in PATH and the project's settings (`.env`) in
/// the environment. Throws Error `hook_failed` (failure) if it fails, `program_timeout`, `interrupted`, `node_missing`.
void run_hook(const app::Project& project, const Hook& hook, const Environment& environment, const HookEvents& events);

}  // namespace adit::dev
