#pragma once

#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adit/http_server.h"

namespace adit::http {

/// What a client hears where a handler gave no answer; without a body where there is no memory for one.
[[nodiscard]] ServerResponse no_answer() noexcept;

/// Calls the handler. What it throws, of any type, is in the log then, and the answer is `no_answer`.
void answer(const AsyncHandler& handler, ServerRequest request, const Reply& reply) noexcept;

/// A handler that takes its time, on threads of its own, which outlive it.
[[nodiscard]] AsyncHandler on_threads(Handler handler, boost::asio::thread_pool& workers);

}  // namespace adit::http
