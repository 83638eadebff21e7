#pragma once

#include "cli/terminal/command_line.h"

namespace adit::cli {

/// What every command understands, before or after its name: `--quiet`, `--verbose`, `--no-color`, `--yes`. To be
/// called when all commands have been added. They take effect, and the user's configuration file is read
/// (user_config.h), once the command line has been read and before the command begins.
void add_common_options(Command program);

/// How their help is headed.
inline constexpr const char* kCommonGroup = "Common options";

}  // namespace adit::cli
