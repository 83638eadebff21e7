#include "cli/command_line/common_options.h"

#include "adit/environment.h"
#include "adit/error.h"
#include "adit/log.h"
#include "cli/terminal/step_lines.h"
#include "cli/terminal/terminal.h"
#include "cli/terminal/user_config.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "config/user_defaults.h"

namespace adit::cli {
namespace {

struct GivenOptions {
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
  bool yes = false;
};

GivenOptions& given_options() {
  static GivenOptions given;
  return given;
}

void add_to(Command app) {
  auto quiet = app.add_flag("-q,--quiet", given_options().quiet, "Print only the result and errors");
  auto verbose = app.add_flag("-v,--verbose", given_options().verbose, "Print each step with its time on stderr");
  auto no_color = app.add_flag("--no-color", given_options().no_color,
                               "Print without colours; NO_COLOR in the environment does the same");
  auto yes = app.add_flag("-y,--yes", given_options().yes, "Answer yes to every question instead of asking");
  for (const auto& option : {quiet, verbose, no_color, yes}) option.group(kCommonGroup);
  for (const auto& command : app.commands()) add_to(command);
}

/// Applies the log level of the configuration file; the log itself reads the process environment.
void set_log_level_of(const Environment& environment) {
  const auto* variable = environment.find("ADIT_LOG");
  if (variable == nullptr || variable->origin.line == 0) return;
  const auto word = to_lower(trim(variable->value));
  for (const auto& [name, level] :
       {std::pair{"debug", LogLevel::debug}, std::pair{"info", LogLevel::info}, std::pair{"warn", LogLevel::warn},
        std::pair{"error", LogLevel::error}, std::pair{"off", LogLevel::off}}) {
    if (word == name) return set_log_level(level);
  }
  throw Error::configuration("invalid_setting", cat("ADIT_LOG is ", described(word), ", which is not a log level."))
      .hint("Write debug, info, warn, error or off.")
      .at(variable->origin);
}

void take_effect() {
  const auto& given = given_options();
  if (given.quiet && given.verbose)
    throw Error::configuration("invalid_option", "--quiet and --verbose exclude each other.").hint("Give one of them.");
  if (const auto config = read_user_config()) set_user_defaults(*config);
  const auto environment = Environment::process();
  set_common_options({.quiet = given.quiet,
                      .no_color = given.no_color || !environment.get_or("NO_COLOR", "").empty(),
                      .yes = given.yes});
  set_log_level_of(environment);
  if (given.quiet) set_log_level(LogLevel::error);
  if (given.verbose) {
    set_log_level(LogLevel::debug);
    trace::listen(write_step);
  }
}

}  // namespace

void add_common_options(Command program) {
  add_to(program);
  program.before_run(take_effect);
}

}  // namespace adit::cli
