#pragma once

#include "adit/environment.h"

namespace adit {

/// Sets the values that apply if a variable is set neither on the command line, nor in the process environment, nor in
/// `.env`: those of a user's configuration file. Every later Environment::process() contains them, with the lowest
/// precedence. Call it before the program starts threads.
void set_user_defaults(const EnvFile& file);
[[nodiscard]] const EnvFile& user_defaults();

}  // namespace adit
