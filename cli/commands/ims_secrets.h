#pragma once

#include "cli/command_line/command_line.h"

namespace adit::cli {

/// `adit ims secrets list|add|remove|rotate`.
void add_ims_secrets(Command ims);

}  // namespace adit::cli
