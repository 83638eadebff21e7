#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace adit {

/// The text with U+FFFD instead of each byte that is not part of valid UTF-8 (RFC 3629), as a JVM decodes it. JSON
/// strings must be UTF-8.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// How many UTF-16 units valid UTF-8 has: the length that a JVM or JavaScript gives for the text.
[[nodiscard]] std::size_t utf16_length(std::string_view text);

}  // namespace adit
