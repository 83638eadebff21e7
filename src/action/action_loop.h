#pragma once

#include <cstddef>

#include "adit/action.h"

namespace adit {

struct ActionLoop {
  int in = 0;
  int out = 3;
  /// Write `{"ok":true}` at the start (`__OW_WAIT_FOR_ACK`).
  bool acknowledge = false;
  /// A longer line is skipped and answered with an error.
  std::size_t max_line_bytes = 64U << 20U;
};

/// Implements OpenWhisk's ActionLoop contract (`openwhisk/actionloop`, the Go proxy): reads one JSON line for each
/// activation and writes one JSON line as its answer. Returns 0 when the input ends, 1 if the output cannot be written.
///
/// Everything that the action writes to stdout and stderr is its log, which is flushed before each answer.
///
/// An activation past its deadline is answered with an error. It runs on beside the next activation, and its result is
/// dropped. The `__OW_` environment of the process is that of the newest activation.
///
/// If an action ends the process, its activation gets no answer, and the log says how the process ended. The proxy then
/// reports an error, and the platform replaces the container. If the program wrote a last answer, the proxy would take
/// that for a result and send the next activation to the dead program (openwhisk-runtime-go, openwhisk/runHandler.go).
int serve_action_loop(const Handler& handler, const ActionLoop& loop);

}  // namespace adit
