#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"

#include "app/project/project.h"

/// Hooks: commands of the project that Adobe's tools run before, after or instead of their own steps
/// (https://developer.adobe.com/app-builder/docs/guides/app-hooks/). A hook runs code of the project, so run it only in
/// commands that the user gave to build, run or deploy something.
namespace adit::dev {

/// A hook's command.
struct Hook {
  /// `pre-app-build`
  std::string name;
  /// `application`, or the extension's type.
  std::string extension;
  std::string command;
};

/// The commands of one hook: of this extension or, if `extension` is empty, of all of them, in the order of the
/// configuration. Extensions that give a hook the same command have it run once.
[[nodiscard]] std::vector<Hook> hooks_named(const app::Project& project, std::string_view name,
                                            std::string_view extension = {});

struct HookEvents {
  std::function<void(const Hook&)> on_start;
  /// What the command writes, both streams in the order of writing.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

/// Runs the command to its end as Adobe's tools do (aio-cli-plugin-app, src/lib/app-helper.js): a file that Node.js can
/// load, whose function is called with the configuration; any other text by the shell. Both in the project's root, with
/// node_modules/.bin in PATH and the project's settings (`.env`) in the environment. Throws Error `hook_failed`
/// (failure) unless it succeeds, `interrupted`, and `node_missing`.
void run_hook(const app::Project& project, const Hook& hook, const Environment& environment, const HookEvents& events);

}  // namespace adit::dev
