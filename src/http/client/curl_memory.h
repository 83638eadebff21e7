#pragma once

namespace adit::http {

/// Initialises libcurl with functions that wipe memory when they free it: libcurl's buffers hold requests, answers and
/// header lines, and therefore tokens and secrets. If the program has initialised libcurl before, libcurl keeps the
/// memory functions that the program chose. Thread-safe. Throws Error `request_failed`.
void start_curl();

}  // namespace adit::http
