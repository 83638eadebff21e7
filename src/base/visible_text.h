#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace adit {

enum class Controls {
  /// A line end and a tab stay, and a carriage return in front of a line end.
  keep_lines,
  /// One line, whatever the text holds.
  escape_all,
  /// For JSON text, whose escapes mean the same: `\u009b`. Line ends and blanks between values stay.
  as_json
};

/// Returns the text with everything that could steer a terminal made visible, as `\x1b` or `\u202e`: control
/// characters, those of C1 (U+0080 to U+009F) included, bytes that are not UTF-8, which a terminal may take for C1, and
/// the characters that change the direction or the order in which text is shown (Unicode's UAX #9).
[[nodiscard]] std::string visible(std::string_view text, Controls controls = Controls::keep_lines);

/// How many bytes at the text's end may be the beginning of a character, or of a line end, whose rest is still to come.
[[nodiscard]] std::size_t unfinished_at_end(std::string_view text);

}  // namespace adit
