#pragma once

#include <span>

#include "adit/action.h"

namespace adit {

/// Implements OpenWhisk's one-shot contract (`openwhisk/dockerskeleton`): a process runs one activation, whose
/// parameters are `params` (JSON) and whose other properties are in the `__OW_` environment.
///
/// Writes the result as the last line of stdout. What the action itself writes to stdout goes to stderr, so that it
/// cannot come after the result or on its line. At the deadline, the result is an error and the process ends. If the
/// action ends the process, there is no result, and the proxy reports an error of the action.
///
/// Wipes `params` after reading them. Returns 0, or 1 if the result cannot be written.
int serve_one_shot(const Handler& handler, std::span<char> params);

}  // namespace adit
