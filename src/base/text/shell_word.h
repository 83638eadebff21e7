#pragma once

#include <string>
#include <string_view>

namespace adit {

/// Returns the text as one word of a shell, for command lines that are printed for the user to copy. The text is not
/// quoted if no character has a meaning in a shell. Otherwise it is in single quotes, or has the form `$'…'`
/// (POSIX.1-2024, 2.2.4) if a part of it cannot be shown (visible_text.h). So the text cannot add a command to the
/// line.
[[nodiscard]] std::string shell_word(std::string_view text);

/// The same for the name of a file. A name that begins with `-` gets `./` before it, so that it is not an option.
[[nodiscard]] std::string shell_file(std::string_view path);

}  // namespace adit
