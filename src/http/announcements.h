#pragma once

#include <string>

namespace adit::http {

/// Lines for the log about where requests go. They are logged when a request goes there, and not when the setting is
/// read: until then a command may refuse what the setting says. Thread-safe.

/// Logs the line when a request first goes to this origin. The same line is logged once a process.
void announce_at_use(const std::string& origin, const std::string& line);
/// Logs what waits, for a command whose child processes send the requests. Call it when nothing can refuse any more.
void announce_now();
/// A request goes to this origin.
void announce_use_of(const std::string& origin);

}  // namespace adit::http
