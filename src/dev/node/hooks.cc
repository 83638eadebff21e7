#include "dev/node/hooks.h"

#include <algorithm>
#include <filesystem>

#include "adit/error.h"
#include "adit/json.h"

#include "app/project/is_file.h"
#include "base/text/text.h"
#include "dev/node/node_action.h"
#include "system/files/inside.h"
#include "system/process/find_program.h"
#include "system/process/run_program.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// Calls the function that the file exports (by `require` or `import`) with the configuration.
constexpr std::string_view kCallHook = R"js(
import(require('node:url').pathToFileURL(process.argv[1])).then(async (loaded) => {
  const hook = typeof loaded.default === 'function' ? loaded.default : loaded.default?.default
  if (typeof hook !== 'function') throw new Error(`${process.argv[1]} does not export a function.`)
  await hook(JSON.parse(process.argv[2]))
}).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
)js";

/// Returns the environment of a hook. Variables with a NUL byte cannot be passed.
std::vector<std::string> hook_environment(const app::Project& project, const Environment& environment) {
  std::vector<std::string> variables;
  for (const auto& name : environment.names()) {
    const auto* variable = environment.find(name);
    if (name == "PATH" || name == "ADIT_TRACE_FD" || variable->value.find('\0') != std::string::npos) continue;
    variables.push_back(cat(name, '=', variable->value));
  }
  variables.push_back(
      cat("PATH=", project.root, "/node_modules/.bin:", Environment::process().get_or("PATH", kDefaultPath)));
  return variables;
}

/// Returns the script that the hook names; empty if its command is one for the shell.
std::string script_of(const app::Project& project, const Hook& hook) {
  const auto path = (fs::path(project.root) / trim(hook.command)).lexically_normal();
  const auto ending = path.extension();
  const bool is_script = ending == ".js" || ending == ".cjs" || ending == ".mjs";
  return is_script && app::is_file(path) && is_inside(path, project.root) ? path.string() : std::string();
}

/// Returns the argument of a hook's function: the part of Adobe's configuration that adit has, too.
json::object configuration_of(const app::Project& project, const Hook& hook) {
  json::object out{{"root", project.root}, {"name", hook.extension}, {"version", project.version}};
  out["app"] = json::object{{"name", project.name}, {"version", project.version}};
  const auto extension = std::ranges::find(project.extensions, hook.extension, &app::Extension::name);
  if (extension == project.extensions.end()) return out;
  out["hooks"] = extension->hooks;
  out["actions"] =
      json::object{{"src", extension->actions}, {"dist", (fs::path(extension->dist) / "actions").string()}};
  out["web"] = json::object{{"src", extension->web},
                            {"distDev", (fs::path(extension->dist) / "web-dev").string()},
                            {"distProd", (fs::path(extension->dist) / "web-prod").string()},
                            {"injectedConfig", (fs::path(extension->web) / "src" / "config.json").string()}};
  return out;
}

}  // namespace

std::vector<Hook> hooks_named(const app::Project& project, std::string_view name, std::string_view extension) {
  std::vector<Hook> found;
  for (const auto& one : project.extensions) {
    if (!extension.empty() && one.name != extension) continue;
    auto command = std::string(string_member(one.hooks, name));
    if (trim(command).empty() || std::ranges::find(found, command, &Hook::command) != found.end()) continue;
    found.push_back({.name = std::string(name), .extension = one.name, .command = std::move(command)});
  }
  return found;
}

void run_hook(const app::Project& project, const Hook& hook, const Environment& environment, const HookEvents& events) {
  if (events.on_start) events.on_start(hook);
  ProgramRun run;
  if (const auto script = script_of(project, hook); !script.empty()) {
    run.program = find_node(environment);
    run.arguments = {"-e", std::string(kCallHook), script, to_json(configuration_of(project, hook))};
  } else {
    run.program = "/bin/sh";
    run.arguments = {"-c", hook.command};
  }
  run.folder = project.root;
  run.environment = hook_environment(project, environment);
  run.on_output = [&events](std::string_view text) {
    if (events.on_output) events.on_output(text);
  };
  run.interrupted = events.interrupted;
  const auto status = run_program(run);
  if (status.code == 0 && status.signal == 0) return;
  throw Error::failure("hook_failed",
                       cat("The hook ", hook.name, " (", hook.command, ") ended with ", status.to_string(), "."))
      .hint("See its output above. adit stops, because the project may need what the hook makes.");
}

}  // namespace adit::dev
