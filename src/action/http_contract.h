#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adit/action.h"

namespace adit {

struct HttpContract {
  /// The address to listen at. The default allows only this machine, and then requests of web pages of other machines
  /// get 403. A container needs 0.0.0.0, because the platform calls it from outside.
  std::string host = "127.0.0.1";
  /// 0 means any free port.
  std::uint16_t port = 8080;
  /// If not empty, the path of a Unix socket to listen at instead of host and port. Then another program (a package's
  /// index.js) is between the platform and this one: it writes the log's sentinels, so this process does not. If stdin
  /// is a pipe, its end ends the process at once, so that the process does not outlive that program.
  std::string socket{};
  /// How many activations may run at once, each on its own thread. As many more may wait; any further one is answered
  /// with 503. A platform that knows the action's `concurrency` never sends so many.
  int concurrency = 50;
  /// How long running activations may continue after SIGTERM.
  std::chrono::milliseconds grace{30'000};
};

/// Implements OpenWhisk's HTTP contract, which every runtime image speaks. The action is part of the program, so
/// `/init` needs no code: it only sets the environment that the platform sends.
///
///   POST /init   200 `{"ok":true}`; 403 the second time; 502 if the body is not `{"value": {…}}`
///   POST /run    200 and the result; 502 `{"error": …}` if the result is not an object or an array, if the request
///                does not follow the contract, or if the deadline passes while the activation runs
///
/// A deadline that has passed before the activation begins is ignored. A handler past its deadline keeps its thread
/// until it returns; other activations are not affected. If an action ends the process, all waiting callers first get
/// an error (last_answer.h).
///
/// Activations may overlap, but the environment belongs to the whole process. If `concurrency` is 1, all `__OW_`
/// variables are set for each activation. Otherwise only those that are the same for all activations (namespace,
/// action, API host and key) are set, once. The `Activation` that a handler gets is right in both cases. After each
/// activation the sentinel line is written to stdout and stderr.
///
/// Serves until SIGTERM or SIGINT. Then takes no new activations, waits for those that run, and returns 0. A second
/// signal ends the process at once.
int serve_http(const Handler& handler, const HttpContract& contract);

}  // namespace adit
