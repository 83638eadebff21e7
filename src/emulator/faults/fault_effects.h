#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/http_server.h"

#include "emulator/server/route.h"

namespace adit::emulator {

/// Answers a request that is affected by `faults`: with the response of `endpoint`, late or damaged, or with another
/// one. `now` is the emulator's time including clock skew. Errors have the form that `side` uses.
[[nodiscard]] http::ServerResponse answer_with_faults(const std::vector<Fault>& faults, Side side, WallTime now,
                                                      const std::function<http::ServerResponse()>& endpoint);

}  // namespace adit::emulator
