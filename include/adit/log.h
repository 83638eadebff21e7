#pragma once

// The library's own log, which goes to stderr unless the program takes it. Thread-safe.
//
//     adit::set_log_level(adit::LogLevel::debug);
//     adit::set_log_sink([](adit::LogLevel level, std::string_view message) {
//       if (level == adit::LogLevel::error) std::terminate();
//       static_cast<void>(message);  // to your own logger
//     });

#include <functional>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

enum class LogLevel { debug, info, warn, error, off };

/// The library's own log: one line an entry, to stderr as `adit: warning: …`, or to the sink. No secret is passed to
/// it. The level comes from ADIT_LOG (debug, info, warn, error, off), default info. Thread-safe.
///
/// ```
/// adit::set_log_sink([](adit::LogLevel level, std::string_view message) { my_logger(level, message); });
/// ```
void log(LogLevel level, std::string_view message);
void set_log_level(LogLevel level);
/// Receives the entries instead of stderr. `message` is one line without control characters. Called on any thread, also
/// on several at once; must not log itself. What it throws is ignored.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;
/// An empty sink writes to stderr again.
void set_log_sink(LogSink sink);
[[nodiscard]] bool log_enabled(LogLevel level);

}  // namespace adit

#pragma GCC visibility pop
