#pragma once

// base64 and base64url (RFC 4648). The functions never throw an Error, and may be called from any thread.
//
//     const std::string text = adit::base64_encode("any bytes");
//     if (const auto bytes = adit::base64_decode(text)) return;  // `nullopt` if it is not base64

#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

/// Encodes in base64 (RFC 4648 section 4), with padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Encodes in base64url (RFC 4648 section 5), without padding, as RFC 7515 section 2 requires.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// Decodes strictly: the alphabet of section 4, full padding, no other character, unused bits zero. Returns nullopt for
/// any other text.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// Decodes strictly: the alphabet of section 5, no padding, no other character, unused bits zero. Returns nullopt for
/// any other text.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

/// Decodes what people paste: both alphabets are accepted, padding is optional, and white space and byte-order marks
/// are skipped anywhere. Returns nullopt for any other character, and for a length that no base64 text has.
[[nodiscard]] std::optional<std::string> base64_decode_forgiving(std::string_view text);

}  // namespace adit

#pragma GCC visibility pop
