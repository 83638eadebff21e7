#pragma once

#include "base/trace.h"

namespace adit::cli {

/// Writes a step to stderr in one line: what happened, how long it took, and a detail. Uses colour only on a terminal,
/// and never if NO_COLOR is set (https://no-color.org). Makes control characters in the detail visible.
void write_step(const trace::Step& step);

}  // namespace adit::cli
