#pragma once

#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

enum class LogLevel { debug, info, warn, error, off };

/// The library's own log: to stderr, one line an entry, `adit: warning: …`. Nothing secret is ever passed to it.
/// The level comes from ADIT_LOG (debug, info, warn, error, off), default info. Thread-safe.
void log(LogLevel level, std::string_view message);
void set_log_level(LogLevel level);
[[nodiscard]] bool log_enabled(LogLevel level);

}  // namespace adit

#pragma GCC visibility pop
