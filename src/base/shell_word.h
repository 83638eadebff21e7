#pragma once

#include <string>
#include <string_view>

namespace adit {

/// The text as one word of a shell, for command lines that are printed for the user to copy: as it is if no character
/// of it means anything to a shell, in single quotes, or as `$'…'` (POSIX.1-2024, 2.2.4) if part of it cannot be shown
/// (visible_text.h). Whoever chose the text cannot add a command to the line.
[[nodiscard]] std::string shell_word(std::string_view text);

/// The same for the name of a file: one that begins with `-` is not an option of the command.
[[nodiscard]] std::string shell_file(std::string_view path);

}  // namespace adit
