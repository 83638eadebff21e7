#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "adit/secret.h"

namespace adit {

/// What people's tools do to a key on its way into a setting, undone step by step. For this floor's sources only.

/// Without byte-order mark, blanks, quotes and a JSON comma around it; UTF-16 text becomes ASCII.
[[nodiscard]] Secret without_wrapping(std::string_view text);
/// Literal `\n`, `\r` and `\t`, also with their backslash doubled, as the characters that they mean.
[[nodiscard]] Secret without_escapes(std::string_view text);

/// `$JWT_PRIVATE_KEY`, `${JWT_PRIVATE_KEY}`: a manifest's input that nobody replaced.
[[nodiscard]] bool is_unexpanded_variable(std::string_view text);
/// A key with dots where its middle should be, as documentation shows it.
[[nodiscard]] bool is_shortened_example(std::string_view text);
/// Begins like base64 of PEM or of a DER key, whatever comes after.
[[nodiscard]] bool begins_like_base64_key(std::string_view text);
/// The file that the text names, where it is the path of one that exists; relative paths begin at `folder`.
[[nodiscard]] std::optional<std::filesystem::path> key_file_named_by(std::string_view text, const std::string& folder);
/// Looks like a file's name rather than like anything else.
[[nodiscard]] bool looks_like_path(std::string_view text);
/// Ends as key files do; such a text is a name and no secret.
[[nodiscard]] bool is_key_file_name(std::string_view text);

}  // namespace adit
