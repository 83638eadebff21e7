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
  /// The project's root. The bundle is written to `dist` below it.
  std::string root;
  std::string package;
  std::string action;
  /// The absolute path of the function's file.
  std::string function;
  /// Position of the action's `function` in the manifest, for messages.
  SourcePosition where;
  /// The project's esbuild (app::find_bundler). If it is a script, the path of Node.js is in front of it.
  std::vector<std::string> bundler;
  /// The Node.js version that the code must run on, such as `node22`.
  std::string target;
  /// `prod` or `stage`; replaces `process.env.AIO_CLI_ENV` in the code, as in Adobe's build.
  std::string stage = "prod";
  /// Called once before the bundler is started. Not called if the bundle is up to date.
  std::function<void()> on_start;
  /// Called with the bundler's warnings and errors, when it writes them.
  std::function<void(std::string_view)> on_output;
  std::function<bool()> interrupted;
};

struct Bundle {
  /// dist/.bundle/PACKAGE/ACTION/index.cjs. The ending makes it CommonJS, whatever the project's package.json says. Its
  /// source map is in the same folder.
  std::string script;
  bool was_made = false;
};

/// Returns the options for an action for which app::is_bundled() is true. Throws Error `node_missing` (configuration).
[[nodiscard]] BundleOptions bundle_options(const app::Project& project, const app::Action& action,
                                           const Environment& environment);

/// Bundles the function and everything that it imports, including packages from npm, into one file, as App Builder's
/// build does with webpack (aio-lib-runtime, src/build-actions.js): TypeScript, imports without a file extension, JSON,
/// ES modules. If the default export is the only one and is a function, it is also exported as `main`. If nothing has
/// changed since the last bundle, starts no process and does nothing. Throws Error `build_failed` (failure; on_output
/// got the bundler's messages), `file_unwritable`, `start_failed`, `program_timeout`, `interrupted`.
Bundle bundle_action(const BundleOptions& options);

/// Returns the project's files that are part of the last successful bundle, without those in node_modules.
[[nodiscard]] std::vector<std::string> bundled_files(const BundleOptions& options);

}  // namespace adit::dev
