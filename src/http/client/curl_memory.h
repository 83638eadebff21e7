#pragma once

namespace adit::http {

/// Starts libcurl with memory that is wiped when it is freed: libcurl's buffers hold requests, answers and header
/// lines, and so tokens and secrets. A program that has started libcurl before keeps the memory that it chose.
/// Thread-safe. Throws Error `request_failed`.
void start_curl();

}  // namespace adit::http
