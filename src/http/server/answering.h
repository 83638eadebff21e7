#pragma once

#include <string>

#include "adit/http_server.h"

#include "system/thread_pool.h"

namespace adit::http {

/// Returns the response (500) for a request that the handler did not answer. It has no body if there is no memory for
/// one.
[[nodiscard]] ServerResponse no_answer() noexcept;

/// Calls the handler. If it throws anything, logs the exception and answers with `no_answer`.
void answer(const AsyncHandler& handler, ServerRequest request, const Reply& reply) noexcept;

/// Returns an asynchronous handler that runs `handler`, which may block, on the threads of `workers`. `workers` must
/// outlive it.
[[nodiscard]] AsyncHandler on_threads(Handler handler, ThreadPool& workers);

}  // namespace adit::http
