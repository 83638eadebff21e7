#pragma once

#include <span>

#include "adit/action.h"

namespace adit {

/// OpenWhisk's one-shot contract (`openwhisk/dockerskeleton`): one activation a process, its parameters as JSON, the
/// rest of the activation in the `__OW_` environment. The result is the last line of stdout; what the action itself
/// writes to stdout goes to stderr, so that nothing can come after it or stand on its line. At its deadline the result
/// is an error, and the process ends. An action that ends the process leaves no result, which the proxy makes an error
/// of the action. The parameters are wiped where they stand once they are read. Returns 0, or 1 where the result could
/// not be written.
int serve_one_shot(const Handler& handler, std::span<char> params);

}  // namespace adit
