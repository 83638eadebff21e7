#include "cli/project/project_build.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <optional>

#include "adit/log.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "app/project/load_project.h"
#include "app/project/project_root.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "dev/node/bundle.h"
#include "dev/node/hooks.h"

namespace adit::cli {
namespace {

/// Reports a step of a build on stderr, together with its program's output; with --quiet only if the step fails.
class StepWords {
 public:
  StepWords() = default;
  StepWords(const StepWords&) = delete;
  StepWords& operator=(const StepWords&) = delete;
  ~StepWords() {
    if (std::uncaught_exceptions() > exceptions_ && !held_.empty()) Waiting("").write(held_);
  }

  void start(const std::string& what) {
    if (!common_options().quiet) std::cerr << what << '\n';
    waiting_.emplace(what);
  }
  void write(std::string_view bytes) {
    if (common_options().quiet) {
      held_ += bytes;
    } else {
      waiting_->write(bytes);
    }
  }

 private:
  std::optional<Waiting> waiting_;
  std::string held_;
  int exceptions_ = std::uncaught_exceptions();
};

/// Fills in dev::BuildOptions or dev::BundleOptions.
template <typename Options>
void report_into(StepWords& words, Options& options, const std::string& what) {
  options.on_start = [&words, what] { words.start(what); };
  options.on_output = [&words](std::string_view bytes) { words.write(bytes); };
  options.interrupted = [] { return Interrupts::signal() != 0; };
}

}  // namespace

dev::BuildResult build_for_terminal(const app::Project& project, const app::Action& action) {
  auto options = dev::build_options(project, action);
  StepWords words;
  report_into(words, options, cat("Building ", action.full_name()));
  return dev::build_action(options);
}

dev::BuildResult bundle_for_terminal(const app::Project& project, const app::Action& action,
                                     const Environment& environment) {
  auto options = dev::bundle_options(project, action, environment);
  StepWords words;
  report_into(words, options, cat("Bundling ", action.full_name()));
  auto bundle = dev::bundle_action(options);
  return {.program = std::move(bundle.script), .was_built = bundle.was_made};
}

void run_hooks_for_terminal(const app::Project& project, const Environment& environment,
                            std::initializer_list<std::string_view> names, std::string_view extension) {
  for (const auto name : names) {
    for (const auto& hook : dev::hooks_named(project, name, extension)) {
      StepWords words;
      dev::HookEvents events;
      events.on_start = [&words](const dev::Hook& started) {
        words.start(cat("Hook ", started.name, ": ", visible(started.command, Controls::escape_all)));
      };
      events.on_output = [&words](std::string_view bytes) { words.write(bytes); };
      events.interrupted = [] { return Interrupts::signal() != 0; };
      dev::run_hook(project, hook, environment, events);
    }
  }
}

std::string extension_of(const app::Project& project, const app::Action& action) {
  const auto package = std::ranges::find_if(project.packages, [&action](const app::Package& one) {
    return std::ranges::any_of(one.actions, [&action](const app::Action& own) { return &own == &action; });
  });
  return package == project.packages.end() ? std::string() : package->extension;
}

app::Project open_project(const std::string& folder) {
  auto project = app::load_project(app::find_project_root(folder));
  std::vector<std::string> left;
  for (const auto& warning : project.warnings) {
    if (warning.kind == app::Warning::Kind::left_to_aio) {
      left.push_back(cat('`', warning.key, '`'));
    } else {
      log(LogLevel::warn, warning.to_string());
    }
  }
  if (!left.empty())
    log(LogLevel::warn, cat("adit does not act on these keys of the configuration, which Adobe's tools act on: ",
                            join(left, ", "), ". See `adit check`."));
  return project;
}

}  // namespace adit::cli
