#include "adit/log.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include <unistd.h>

#include "base/text.h"
#include "base/visible_text.h"
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
  // Read once, before threads that could change the environment.
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

}  // namespace

void log(LogLevel level, std::string_view message) {
  if (!log_enabled(level)) return;
  auto line = cat("adit: ", name_of(level), ": ", message);
  // One line an entry, whatever the message holds: line ends and control characters would let a server's answer forge
  // entries, or steer the terminal.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  line = visible(line, Controls::escape_all) + '\n';
  // In one piece, so that lines of several threads stay whole; where stderr takes no more there is nobody to tell.
  static_cast<void>(write_all(STDERR_FILENO, line));
}

void set_log_level(LogLevel level) { least() = level; }

bool log_enabled(LogLevel level) { return level != LogLevel::off && level >= least(); }

}  // namespace adit
