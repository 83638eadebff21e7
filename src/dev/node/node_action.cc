#include "dev/node/node_action.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>

#include <unistd.h>

#include "adit/error.h"
#include "adit/log.h"

#include "app/manifest/runtimes.h"
#include "app/project/refusal_to_run.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"
#include "dev/entity/action_entity.h"
#include "dev/host/action_environment.h"
#include "dev/node/node_files.h"
#include "dev/sources/included_files.h"
#include "system/process/find_program.h"

namespace adit::dev {
namespace {

constexpr std::string_view kPrefix = "nodejs:";

bool is_program(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

void warn_about_retired_runtime(const app::Action& action) {
  const auto version = app::node_version(action.runtime);
  const auto* retired = version ? app::retired_node(*version) : nullptr;
  if (retired == nullptr || !retired->removed) return;
  static std::mutex mutex;
  static std::set<std::string> warned;
  const std::lock_guard lock(mutex);
  if (!warned.insert(to_lower(action.runtime)).second) return;
  log(LogLevel::warn,
      cat(action.where.to_string(), ": ", action.full_name(), " asks for ", action.runtime,
          ", which Adobe I/O Runtime has retired; it runs with this machine's Node.js. Use ", app::kNodeRuntime, "."));
}

void check_function(const app::Action& action) {
  const std::filesystem::path path = action.function_path;
  std::error_code error;
  if (action.function.empty() || !std::filesystem::exists(path, error)) {
    throw Error::configuration(
        "bad_function", action.function.empty() ? cat(action.full_name(), " has no `function`.")
                                                : cat("The function of ", action.full_name(),
                                                      " does not exist: ", app::shown_path(action.function_path), "."))
        .at(action.where)
        .hint("`function` names a JavaScript file, or a folder with a package.json, relative to the manifest.");
  }
}

}  // namespace

bool is_node(const app::Action& action) { return action.is_node(); }

std::string find_node(const Environment& environment) {
  auto named = environment.get_or("ADIT_NODE", "");
  if (named.find('/') != std::string::npos) {
    if (is_program(named)) return named;
  } else {
    const auto path = environment.get_or("PATH", kDefaultPath);
    auto found = find_program(named.empty() ? "node" : named, path, is_program);
    if (!found.empty()) return found;
  }
  throw Error::configuration("node_missing", named.empty()
                                                 ? std::string("There is no node in PATH, which Node.js actions need.")
                                                 : cat("ADIT_NODE names ", named, ", which is not a program."))
      .hint("Install Node.js 18 or later, or name it in ADIT_NODE.");
}

/// `stage` is the folder with the action's included files, if it has any.
void set_node_program(HostOptions& options, const app::Action& action, const Environment& environment,
                      const std::string& stage, const std::string& bundle) {
  check_function(action);
  warn_about_retired_runtime(action);
  options.program = find_node(environment);
  const auto& files = node_files();
  options.arguments = {cat("--max-old-space-size=", action.limits.memory_mb), "--require", files + "/routes.cjs",
                       files + "/version.cjs"};
  std::error_code error;
  if (!bundle.empty()) {
    options.code = stage.empty() ? bundle : cat(stage, "/index.cjs");
  } else {
    const bool is_folder = std::filesystem::is_directory(action.function_path, error);
    options.code = is_folder && !stage.empty() ? stage : action.function_path;
  }
  // Makes the stack of an error name lines of the sources.
  if (!bundle.empty()) options.arguments.insert(options.arguments.begin(), "--enable-source-maps");
  options.main = action.main.empty() ? "main" : action.main;
}

void run_once_each(HostOptions& options, const Environment& environment) {
  options.code = options.program;
  options.program = find_node(environment);
  options.arguments = {node_files() + "/once.cjs"};
}

HostOptions host_options(const app::Project& project, const app::Action& action, const std::string& program,
                         const Environment& environment) {
  if (auto refusal = app::refusal_to_run(project, action)) throw Error(*std::move(refusal));
  const auto bundle = is_node(action) ? program : std::string();
  HostOptions options;
  // On the platform, an action runs in the folder of its package. Without `include`, it runs in the project's root,
  // because relative paths in `.env`, such as that of a private key, are relative to the root.
  const auto stage = stage_included(project, action, bundle);
  options.folder = stage.empty() ? project.root : stage;
  options.package = action.package;
  options.action = action.name;
  options.runtime = RuntimeSettings::of(environment);
  if (!provides_api_key(action.annotations)) options.runtime.api_key = {};
  options.kind = action.runtime;
  options.limits = action.limits;
  options.environment = action_environment(environment);
  if (is_node(action)) {
    set_node_program(options, action, environment, stage, bundle);
  } else {
    options.program = program;
    options.arguments = {"--concurrency", std::to_string(action.limits.concurrency)};
  }
  return options;
}

}  // namespace adit::dev
