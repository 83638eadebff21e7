#pragma once

#include <string>

namespace adit::http {

// Log lines that say where requests go. Each is logged when the first request goes there, not when the setting is read,
// because a command may still reject the setting before it sends anything. Thread-safe.

/// Logs `line` when the first request goes to `origin`. A process logs the same line only once.
void log_at_first_use(const std::string& origin, const std::string& line);
/// Logs all lines that are not logged yet, for a command whose child processes send the requests. Call it after all
/// settings are checked.
void log_all_pending();
/// Logs the lines of `origin`. Call it before a request goes there.
void log_use_of(const std::string& origin);

}  // namespace adit::http
