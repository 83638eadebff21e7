#pragma once

#include "cli/command_line/command_line.h"

namespace adit::cli {

/// Adds the options that every command accepts, before or after its name: `--quiet`, `--verbose`, `--no-color`,
/// `--yes`. Call this after adding all commands. The options take effect, and the user's configuration file is read
/// (user_config.h), after the command line is parsed and before the command begins.
void add_common_options(Command program);

/// Their heading in the help.
inline constexpr const char* kCommonGroup = "Common options";

}  // namespace adit::cli
