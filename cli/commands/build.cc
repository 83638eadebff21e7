#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adit/error.h"
#include "cli/command_line/command.h"
#include "cli/project/project_build.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "app/inputs/inputs.h"
#include "app/project/bundler.h"
#include "base/text/text.h"
#include "dev/node/hooks.h"

namespace adit::cli {
namespace {

struct BuildRequest {
  std::string action;
  std::string project;
  std::optional<std::string> env_file;
  bool no_hooks = false;
};

/// Prints one line about the result of an action's build.
void report_result(const app::Project& project, const app::Action& action, const dev::BuildResult& result) {
  if (common_options().quiet) return;
  std::error_code error;
  const auto shown = std::filesystem::relative(result.program, project.root, error).string();
  std::cerr << action.full_name() << ": " << (error ? result.program : shown)
            << (result.was_built ? " built" : " is up to date") << '\n';
}

/// Returns false if there is nothing to build, because Node.js runs the action as it is.
bool build_one(const app::Project& project, const app::Action& action, const Environment& environment) {
  if (app::is_bundled(project, action)) {
    report_result(project, action, bundle_for_terminal(project, action, environment));
  } else if (action.is_cpp()) {
    report_result(project, action, build_for_terminal(project, action));
  } else {
    return false;
  }
  return true;
}

void build_named(const BuildRequest& request, const app::Project& project, const Environment& environment) {
  const auto& action = project.find_action(request.action);
  const auto extension = extension_of(project, action);
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"pre-app-build", "build-actions"}, extension);
  if (!build_one(project, action, environment)) {
    throw Error::configuration("not_built",
                               cat(action.full_name(), " is not built by adit: its runtime is ", action.runtime, "."))
        .at(action.where)
        .hint(
            "Actions with `runtime: cpp` are built; JavaScript is bundled if the project has esbuild (npm install --save-dev esbuild), and runs as it is otherwise.");
  }
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"post-app-build"}, extension);
}

void build(const BuildRequest& request) {
  const Interrupts interrupts;
  const auto project = open_project(request.project);
  const auto environment = app::environment_for(project.root, request.env_file).environment;
  if (!request.action.empty()) return build_named(request, project, environment);
  bool any = false;
  const auto run_hooks = [&](std::initializer_list<std::string_view> names) {
    if (request.no_hooks) return;
    for (const auto name : names) any = any || !dev::hooks_named(project, name).empty();
    run_hooks_for_terminal(project, environment, names);
  };
  run_hooks({"pre-app-build", "build-actions"});
  for (const auto* action : project.actions()) any = build_one(project, *action, environment) || any;
  run_hooks({"build-static", "post-app-build"});
  if (!any) {
    throw Error::configuration("nothing_to_build", cat("The project in ", project.root, " has nothing to build."))
        .hint(
            "adit builds actions with `runtime: cpp`, bundles JavaScript if the project has esbuild, and runs hooks.");
  }
}

}  // namespace

void add_build(Command program) {
  auto command = program.add_command(
      "build",
      "Compile the project's C++ actions, or one of them, to dist/PACKAGE/ACTION/exec, and bundle its JavaScript");
  auto request = std::make_shared<BuildRequest>();
  command.add_option("ACTION", request->action,
                     "package/action, or only action if that is unique; default: all actions");
  command
      .add_option("--project", request->project, "The project's folder or one inside it; default: the current folder")
      .type_name("DIR");
  command.add_option("--env-file", request->env_file, "Read this file instead of the project's .env").type_name("FILE");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-build and others)");
  command.run([request] { build(*request); });
}

}  // namespace adit::cli
