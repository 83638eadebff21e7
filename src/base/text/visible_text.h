#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace adit {

enum class Controls {
  /// Keep line ends, tabs, and carriage returns before a line end.
  keep_lines,
  /// Escape all of them, so that the result is one line.
  escape_all,
  /// For JSON text: write escapes as `\u009b`, which do not change the JSON. Keep line ends and spaces between values.
  as_json
};

/// Replaces everything that could control a terminal by a visible escape such as `\x1b` or `\u202e`: control
/// characters, including those of C1 (U+0080 to U+009F); bytes that are not UTF-8, which a terminal may take for C1;
/// and characters that change the direction or order in which text is shown (Unicode's UAX #9).
[[nodiscard]] std::string visible(std::string_view text, Controls controls = Controls::keep_lines);

/// As visible(), on one line: a server's text cannot imitate further lines of a message or table.
[[nodiscard]] inline std::string visible_line(std::string_view text) { return visible(text, Controls::escape_all); }

/// Returns how many bytes at the end of the text may be the beginning of a character or line end that is not complete.
[[nodiscard]] std::size_t unfinished_at_end(std::string_view text);

}  // namespace adit
