#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"

#include "app/project/project.h"

namespace adit::dev {

/// How one JavaScript action is bundled.
struct BundleOptions {
  /// The project's root; the bundle goes below it, into `dist`.
  std::string root;
  std::string package;
  std::string action;
  /// The function's file, absolute.
  std::string function;
  /// Where the action's `function` stands, for messages.
  SourcePosition where;
  /// The project's esbuild (app::find_bundler), with the Node.js in front that runs it if it is a script.
  std::vector<std::string> bundler;
  /// `node22`: what the code is made for.
  std::string target;
  /// `prod` or `stage`, which Adobe's build puts in for `process.env.AIO_CLI_ENV`.
  std::string stage = "prod";
  /// Called once, before the bundler is started; not if the bundle is up to date.
  std::function<void()> on_start;
  /// The bundler's warnings and errors, as it writes them.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

struct Bundle {
  /// dist/.bundle/PACKAGE/ACTION/index.cjs, CommonJS whatever the project's package.json says; its source map lies
  /// beside it.
  std::string script;
  bool was_made = false;
};

/// For an action for which app::is_bundled() is true. Throws Error `node_missing` (configuration).
[[nodiscard]] BundleOptions bundle_options(const app::Project& project, const app::Action& action,
                                           const Environment& environment);

/// Makes one file of the function and of all that it imports, packages from npm included, as the build of App Builder
/// does with webpack (aio-lib-runtime, src/build-actions.js): TypeScript, imports without an ending, JSON, ES modules.
/// A function that is the default export alone is also exported as `main`. Does nothing, and starts no process, if
/// nothing of what the last bundle was made of has changed. Throws Error: `build_failed` (failure; the bundler's words
/// went to on_output), `file_unwritable`, `start_failed`, `interrupted`.
Bundle bundle_action(const BundleOptions& options);

/// The project's files that the last good bundle was made of, without those of node_modules.
[[nodiscard]] std::vector<std::string> bundled_files(const BundleOptions& options);

}  // namespace adit::dev
