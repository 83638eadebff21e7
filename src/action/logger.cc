#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <unistd.h>

#include "adit/action.h"
#include "adit/clock.h"

#include "base/text/text.h"
#include "base/write_all.h"

namespace adit {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames = {"error", "warn", "info", "verbose", "debug", "silly"};

/// Returns the time in ISO 8601 with milliseconds, like JavaScript's Date.toISOString().
std::string timestamp() {
  const WallTime now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  auto text = to_rfc3339(now);
  const auto thousandths = std::to_string(1000 + now.time_since_epoch().count() % 1000).substr(1);
  return text.insert(text.size() - 1, cat('.', thousandths));
}

}  // namespace

Logger::Logger(std::string name, std::string_view level) : name_(std::move(name)), level_(parse(level)) {}

Logger::Level Logger::parse(std::string_view level) {
  const auto word = to_lower(trim(level));
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (word == kLevelNames[i]) return static_cast<Level>(i);
  }
  return word == "warning" ? Level::warn : Level::info;
}

bool Logger::enabled(std::string_view level) const { return parse(level) <= level_; }

void Logger::write(Level level, std::string_view text) const {
  if (level > level_) return;
  std::string line = cat(timestamp(), " [", name_);
  // Like Core.Logger of @adobe/aio-sdk, names the action if it runs in one.
  if (const char* action = std::getenv("__OW_ACTION_NAME"); action != nullptr && *action != '\0')
    line += cat(' ', action);
  line += cat("] ", kLevelNames[static_cast<std::size_t>(level)], ": ");
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else {
      line += c;
    }
  }
  line += '\n';
  static_cast<void>(write_all(STDERR_FILENO, line));  // in one call, so that lines of several threads do not mix
}

}  // namespace adit
