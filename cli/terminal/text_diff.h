#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "cli/terminal/terminal.h"

namespace adit::cli {

/// The unified difference of two texts, as `diff -u` prints it with three lines of context; empty if they are equal.
/// CR at a line's end is not shown.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

/// Prints such a difference, in colours where the stream has them.
void print_diff(std::ostream& out, Stream stream, std::string_view diff);

/// A `.env` text for people's eyes: values hidden except ids, organisations and scopes, those in comments too.
[[nodiscard]] std::string hide_dotenv_values(std::string_view text);

}  // namespace adit::cli
