#pragma once

#include "base/trace.h"

namespace adit::cli {

/// Writes a step to stderr, one line: what happened, how long it took, what is worth knowing. In colour only on a
/// terminal, and never where NO_COLOR is set (https://no-color.org). Control characters in the detail are shown, not
/// sent.
void write_step(const trace::Step& step);

}  // namespace adit::cli
