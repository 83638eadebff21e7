#include "adit/base/log.h"

#include <cstdlib>
#include <memory>
#include <string>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "adit/base/text.h"

namespace adit {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
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

/// Not in spdlog's registry: a program that uses adit keeps its own spdlog as it is.
spdlog::logger& logger() {
  // Never freed, so that destructors of static objects may still log.
  static spdlog::logger& instance = [&]() -> spdlog::logger& {
    auto* made = new spdlog::logger("adit", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("adit: %l: %v");
    made->set_level(spdlog_level(level_from_environment()));
    made->flush_on(spdlog::level::debug);
    return *made;
  }();
  return instance;
}

/// One line an entry, whatever the message holds: line ends and control characters would let a server's answer forge
/// entries.
std::string one_line(std::string_view message) {
  std::string line(message);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return line;
}

}  // namespace

void log(LogLevel level, std::string_view message) {
  if (!log_enabled(level)) return;
  const std::string line = one_line(message);
  logger().log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

bool log_enabled(LogLevel level) { return level != LogLevel::off && logger().should_log(spdlog_level(level)); }

}  // namespace adit
