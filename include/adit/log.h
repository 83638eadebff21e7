#pragma once

// The library's log. It goes to stderr, unless the program sets a sink. A failure to write an entry is ignored, because
// it could not be logged either. Thread-safe.
//
//     #include <iostream>
//
//     #include "adit/log.h"
//
//     void print_only_errors() {
//       adit::set_log_level(adit::LogLevel::error);
//       adit::set_log_sink([](adit::LogLevel, std::string_view message) { std::clog << message << '\n'; });
//     }

#include <functional>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

enum class LogLevel { debug, info, warn, error, off };

/// Writes one entry, which is one line: to stderr as `adit: warning: …`, or to the sink. The library logs no secrets.
void log(LogLevel level, std::string_view message);
/// Sets the lowest level that is logged. Without a call, it is that of ADIT_LOG (debug, info, warn, error, off), or
/// info if ADIT_LOG is unset.
void set_log_level(LogLevel level);
/// Receives the entries instead of stderr. `message` is one line without control characters. The sink is called on any
/// thread, and on several at once. It must not call log(). Exceptions that it throws are ignored.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;
/// Sets the sink. An empty one restores stderr.
void set_log_sink(LogSink sink);
/// Whether an entry of this level would be written.
[[nodiscard]] bool log_enabled(LogLevel level);

}  // namespace adit

#pragma GCC visibility pop
