#pragma once

#include <functional>

#include "adit/action/activation.h"
#include "adit/action/params.h"
#include "adit/action/response.h"

#pragma GCC visibility push(default)

// How a platform and an action talk to each other. Each contract is a file of its own (action_loop.h); what an
// activation is, they share.

namespace adit {

using Handler = std::function<Response(const Params&, const Activation&)>;

/// Whether an activation's properties become the process's `__OW_…` variables: only where one runs at a time.
enum class ActivationEnvironment { set, leave };

/// One activation: sets the `__OW_…` environment from the message's properties where it is told to, runs the handler on
/// its `value`, gives the result. Never throws: an exception becomes `{"error": message, "code": …, "hint": …}` and a
/// line in the log, as does a result that is neither object nor array. With `leave` any number of threads may call it
/// at once.
[[nodiscard]] boost::json::value run_activation(const Handler& handler, boost::json::value message,
                                                ActivationEnvironment environment = ActivationEnvironment::set);

/// True for the error that run_activation gives where the action returned neither an object nor an array.
[[nodiscard]] bool is_no_result(const boost::json::value& result);

/// `{"error": text}`
[[nodiscard]] boost::json::object error_result(std::string_view text);

/// The whole program: finds out which contract the platform speaks and serves it to its end. Returns the exit code. In
/// this order:
///
/// 1. `--port N` or `--socket PATH`, with `--concurrency N` (or `ADIT_CONCURRENCY`): HTTP (http_contract.h).
/// 2. `__OW_WAIT_FOR_ACK` is set, or descriptor 3 can be written to: ActionLoop (action_loop.h).
/// 3. One argument that begins with `{`: one shot (one_shot.h).
/// 4. stdin is a terminal: a word of help, exit code 2.
/// 5. stdin is a pipe or a file that brings something within a second: one shot, with that as its parameters.
/// 6. Otherwise (no stdin, /dev/null, an open pipe with nothing in it, as containers have): HTTP on port 8080.
int serve_action(const Handler& handler, int argc, char** argv);

}  // namespace adit

#pragma GCC visibility pop
