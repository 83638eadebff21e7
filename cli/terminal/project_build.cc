#include "cli/terminal/project_build.h"

#include <iostream>
#include <optional>

#include "adit/log.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/text.h"

namespace adit::cli {

dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action) {
  auto options = dev::build_options(project, action);
  std::optional<Waiting> waiting;
  options.on_start = [&action, &waiting] {
    const auto what = cat("Building ", action.full_name());
    if (!manner().quiet) std::cerr << what << '\n';
    waiting.emplace(what);
  };
  options.on_output = [&waiting](std::string_view bytes) { waiting->write(bytes); };
  options.interrupted = [] { return Interrupts::signal() != 0; };
  return dev::build_action(options);
}

app::Project open_project(const std::string& folder) {
  auto project = app::load_project(app::find_project_root(folder));
  for (const auto& warning : project.warnings) log(LogLevel::warn, warning.to_string());
  return project;
}

}  // namespace adit::cli
