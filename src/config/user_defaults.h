#pragma once

#include "adit/environment.h"

namespace adit {

/// What the user wants where neither the command line nor the process environment nor `.env` says anything: a program's
/// configuration file. It is part of every Environment::process() made from now on, below all the rest. To be called
/// before there are threads.
void set_user_defaults(const EnvFile& file);

}  // namespace adit
