#pragma once

#include <string>

namespace adit::http {

// Log lines that say where requests go. Each is logged when the first request goes there, not when the setting is read,
// because a command may still reject the setting before it sends anything. Thread-safe.

/// Logs `line` when the first request goes to `origin`. A process logs the same line only once.
void announce_at_use(const std::string& origin, const std::string& line);
/// Logs all lines that are not logged yet, for a command whose child processes send the requests. Call it after all
/// settings are checked.
void announce_now();
/// Logs the lines of `origin`. Call it before a request goes there.
void announce_use_of(const std::string& origin);

}  // namespace adit::http
