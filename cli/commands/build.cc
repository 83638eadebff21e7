#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "adit/error.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/project_build.h"
#include "cli/terminal/terminal.h"

#include "base/text.h"

namespace adit::cli {
namespace {

struct BuildRequest {
  std::string action;
  std::string project;
};

/// One line an action: what is there now.
void tell_built(const app::Project& project, const app::Action& action, const dev::BuildResult& result) {
  if (manner().quiet) return;
  std::error_code error;
  const auto shown = std::filesystem::relative(result.program, project.root, error).string();
  std::cerr << action.full_name() << ": " << (error ? result.program : shown)
            << (result.was_built ? " built" : " is up to date") << '\n';
}

void build(const BuildRequest& request) {
  const Interrupts interrupts;
  const auto project = open_project(request.project);
  if (!request.action.empty()) {
    const auto& action = project.find_action(request.action);
    if (!action.is_cpp()) {
      throw Error::configuration("not_cpp",
                                 cat(action.full_name(), " is not a C++ action: its runtime is ", action.runtime, "."))
          .at(action.where)
          .hint("Only actions with `runtime: cpp` are built.");
    }
    tell_built(project, action, build_for_terminal(project, action));
    return;
  }
  bool any = false;
  for (const auto* action : project.actions()) {
    if (!action->is_cpp()) continue;
    any = true;
    tell_built(project, *action, build_for_terminal(project, *action));
  }
  if (!any) {
    throw Error::configuration("no_cpp_action", cat("The project in ", project.root, " has no C++ action."))
        .hint("A C++ action has `runtime: cpp` and a `function` that names its folder.");
  }
}

}  // namespace

void add_build(Command program) {
  auto command =
      program.add_command("build", "Compile the project's C++ actions, or one of them, to dist/PACKAGE/ACTION/exec");
  auto request = std::make_shared<BuildRequest>();
  command.add_option("ACTION", request->action, "package/action, or action where that is unique; default: all");
  command.add_option("--project", request->project, "A folder of the project; default: the current one")
      .type_name("DIR");
  command.run([request] { build(*request); });
}

}  // namespace adit::cli
