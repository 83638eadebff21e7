#pragma once

// base64 and base64url (RFC 4648). The functions throw nothing and may be called from any thread.
//
//     const std::string text = adit::base64_encode("any bytes");
//     if (const auto bytes = adit::base64_decode(text)) return;  // `nullopt` if it is not base64

#include <optional>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// RFC 4648 section 5, without padding, as RFC 7515 section 2 wants it.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// Strict: the alphabet of section 4, full padding, no other character, unused bits zero. Otherwise nothing.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// Strict: the alphabet of section 5, no padding, no other character, unused bits zero. Otherwise nothing.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

/// Forgiving, for what people paste: both alphabets, padding optional, white space and a byte-order mark anywhere are
/// passed over. Any other character, or a length that no base64 text has, gives nothing.
[[nodiscard]] std::optional<std::string> base64_decode_forgiving(std::string_view text);

}  // namespace adit

#pragma GCC visibility pop
