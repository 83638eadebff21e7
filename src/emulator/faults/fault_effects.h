#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/http_server.h"

#include "emulator/server/route.h"

namespace adit::emulator {

/// The answer to a request that `faults` befall: that of `endpoint`, late or damaged, or another one in its place.
/// `now` is the time that the emulator believes, skew included; errors have the form of `side`.
[[nodiscard]] http::ServerResponse answer_with_faults(const std::vector<Fault>& faults, Side side, WallTime now,
                                                      const std::function<http::ServerResponse()>& endpoint);

}  // namespace adit::emulator
