#pragma once

#include <string>
#include <string_view>

#include "adit/base/error.h"

#pragma GCC visibility push(default)

namespace adit {

/// An action's log, in the form of App Builder's `Core.Logger`: one line an entry on stderr, `2026-03-01T12:30:05.123Z
/// [main] info: text`. Line ends in the text are kept as `\n` in two characters, so that no caller's input can forge an
/// entry.
///
/// Levels, as there: error, warn, info, verbose, debug, silly; an unknown one counts as info. Write no secret into a
/// log: a Secret does not convert to text, and parameters go through `string_parameters`. Thread-safe.
class Logger {
 public:
  explicit Logger(std::string name, std::string_view level = "info");

  void error(std::string_view text) const { write(Level::error, text); }
  /// Message, hint, status and debug id.
  void error(const Error& error) const { write(Level::error, error.to_string()); }
  void warn(std::string_view text) const { write(Level::warn, text); }
  void info(std::string_view text) const { write(Level::info, text); }
  void verbose(std::string_view text) const { write(Level::verbose, text); }
  void debug(std::string_view text) const { write(Level::debug, text); }
  void silly(std::string_view text) const { write(Level::silly, text); }

  /// True where an entry of that level would be written: saves the making of costly text.
  [[nodiscard]] bool enabled(std::string_view level) const;

 private:
  enum class Level { error, warn, info, verbose, debug, silly };
  static Level parse(std::string_view level);
  void write(Level level, std::string_view text) const;

  std::string name_;
  Level level_;
};

}  // namespace adit

#pragma GCC visibility pop
