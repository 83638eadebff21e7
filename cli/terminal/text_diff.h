#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "cli/terminal/terminal.h"

namespace adit::cli {

/// Returns the unified diff of two texts, with three lines of context as `diff -u` prints it; empty if they are equal.
/// Leaves out CR at the ends of lines.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

/// Prints such a diff, with colours if the stream shows them.
void print_diff(std::ostream& out, Stream stream, std::string_view diff);

/// Returns a `.env` text for display: hides all values except ids, organisations and scopes, also in comments.
[[nodiscard]] std::string hide_dotenv_values(std::string_view text);

}  // namespace adit::cli
