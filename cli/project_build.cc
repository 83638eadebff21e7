#include "cli/project_build.h"

#include <iostream>

#include "adit/base/log.h"
#include "adit/base/text.h"
#include "cli/interrupts.h"

namespace adit::cli {

dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action) {
  auto options = dev::build_options(project, action);
  options.on_start = [&action] { std::cerr << "Building " << action.full_name() << '\n'; };
  options.on_output = [](std::string_view bytes) { std::cerr << bytes << std::flush; };
  options.interrupted = [] { return Interrupts::signal() != 0; };
  return dev::build_action(options);
}

app::Project open_project(const std::string& folder) {
  auto project = app::load_project(app::find_project_root(folder));
  for (const auto& warning : project.warnings) log(LogLevel::warn, warning.to_string());
  return project;
}

}  // namespace adit::cli
