#include "adit/log.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <unistd.h>

#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "base/write_all.h"

namespace adit {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

LogLevel level_from_environment() {
  // Read once, before the program starts threads that could change the environment.
  const char* text = std::getenv("ADIT_LOG");  // NOLINT(concurrency-mt-unsafe)
  const std::string word = to_lower(trim(text == nullptr ? "" : text));
  if (word == "debug") return LogLevel::debug;
  if (word == "warn" || word == "warning") return LogLevel::warn;
  if (word == "error") return LogLevel::error;
  if (word == "off") return LogLevel::off;
  return LogLevel::info;
}

std::atomic<LogLevel>& least() {
  static std::atomic<LogLevel> level{level_from_environment()};
  return level;
}

/// Never destroyed: threads may log while the program ends.
std::mutex& sink_mutex() {
  static auto& mutex = *new std::mutex;
  return mutex;
}

std::shared_ptr<const LogSink>& sink_in_use() {
  static auto& sink = *new std::shared_ptr<const LogSink>;
  return sink;
}

}  // namespace

void set_log_sink(LogSink sink) {
  auto made = sink ? std::make_shared<const LogSink>(std::move(sink)) : nullptr;
  const std::scoped_lock lock(sink_mutex());
  sink_in_use().swap(made);
}

void log(LogLevel level, std::string_view message) {
  if (!log_enabled(level)) return;
  const auto sink = [] {
    const std::scoped_lock lock(sink_mutex());
    return sink_in_use();
  }();
  auto line = sink ? std::string(message) : cat("adit: ", name_of(level), ": ", message);
  // Each entry must be one line without control characters. Otherwise a server's answer in a message could forge
  // entries or control the terminal.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  line = visible(line, Controls::escape_all);
  if (sink) {
    try {
      (*sink)(level, line);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a failure of the log cannot be logged
    }
    return;
  }
  line += '\n';
  // In one call, so that lines of several threads do not mix. A failure of stderr cannot be reported.
  static_cast<void>(write_all(STDERR_FILENO, line));
}

void set_log_level(LogLevel level) { least() = level; }

bool log_enabled(LogLevel level) { return level != LogLevel::off && level >= least(); }

}  // namespace adit
