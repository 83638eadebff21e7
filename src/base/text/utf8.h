#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace adit {

/// Returns the length in bytes of the valid UTF-8 character at the beginning of the text (RFC 3629), or 0 if there is
/// none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Whether the byte is not the first of its character.
[[nodiscard]] constexpr bool continues_utf8(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Returns the number of characters of valid UTF-8 text.
[[nodiscard]] std::size_t utf8_count(std::string_view text);

/// Returns the text, or its beginning of at most `most` bytes that is cut between characters.
[[nodiscard]] std::string_view utf8_cut(std::string_view text, std::size_t most);

/// Returns the text with U+FFFD instead of each byte that is not part of valid UTF-8 (RFC 3629), as a JVM decodes it.
/// JSON strings must be UTF-8.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// Returns the number of UTF-16 units of valid UTF-8 text: its length in a JVM or in JavaScript.
[[nodiscard]] std::size_t utf16_length(std::string_view text);

}  // namespace adit
