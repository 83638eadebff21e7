#pragma once

#include <cstddef>

#include "adit/action.h"

namespace adit {

struct ActionLoop {
  int in = 0;
  int out = 3;
  /// Write `{"ok":true}` first (`__OW_WAIT_FOR_ACK`).
  bool acknowledge = false;
  /// A longer line is answered with an error and passed over.
  std::size_t max_line_bytes = 64U << 20U;
};

/// OpenWhisk's ActionLoop contract (`openwhisk/actionloop`, the Go proxy): one JSON line in, one JSON line out, until
/// the input ends (0) or the output is gone (1). An action that ends the process leaves its activation without an
/// answer: the proxy then reports an error, and the platform replaces the container, where a last answer would pass for
/// a result and leave the next caller with a dead program (openwhisk-runtime-go, openwhisk/runHandler.go). The log says
/// how the process ended. What the action writes to stdout and stderr is log, flushed before
/// each answer. An activation past its deadline answers an error and goes on alone, its result dropped, beside the next
/// one; the process's `__OW_` environment is the later one's.
int serve_action_loop(const Handler& handler, const ActionLoop& loop);

}  // namespace adit
