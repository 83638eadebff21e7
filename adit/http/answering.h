#pragma once

#include <string>

#include <boost/asio/thread_pool.hpp>

#include "adit/http/server.h"

namespace adit::http {

/// What a client hears where a handler gave no answer.
[[nodiscard]] ServerResponse no_answer();

/// Calls the handler with a reply that goes to `send`. What the handler throws is in the log then, and the answer is
/// `no_answer`.
void answer(const AsyncHandler& handler, ServerRequest request, Reply::Send send);

/// A handler that takes its time, on threads of its own, which outlive it.
[[nodiscard]] AsyncHandler on_threads(Handler handler, boost::asio::thread_pool& workers);

}  // namespace adit::http
