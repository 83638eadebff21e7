#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "adit/secret.h"

namespace adit {

// These functions undo what editors, shells and other tools do to a key's text before it is in a setting. They are used
// only in src/credentials.

/// Removes a byte-order mark, blanks, quotes and a JSON comma around the text, and converts UTF-16 to ASCII.
[[nodiscard]] Secret without_wrapping(std::string_view text);
/// Replaces `\n`, `\r` and `\t` in two characters by the characters that they mean, also if the backslash is doubled.
[[nodiscard]] Secret without_escapes(std::string_view text);

/// Whether the text is `$JWT_PRIVATE_KEY` or `${JWT_PRIVATE_KEY}`: an input of a manifest whose variable is not set.
[[nodiscard]] bool is_unexpanded_variable(std::string_view text);
/// Whether the text is a key with dots in the middle, as documentation shows it.
[[nodiscard]] bool is_shortened_example(std::string_view text);
/// Returns the file whose path the text is, if it exists. Relative paths start at `folder`.
[[nodiscard]] std::optional<std::filesystem::path> key_file_named_by(std::string_view text, const std::string& folder);
/// Whether the text is more likely a path than a key.
[[nodiscard]] bool looks_like_path(std::string_view text);
/// Whether the text ends like the name of a key file (`.key`, `.pem`, …). Such a text is not a secret.
[[nodiscard]] bool is_key_file_name(std::string_view text);

}  // namespace adit
