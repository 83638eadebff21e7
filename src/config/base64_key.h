#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace adit {

/// Whether the text begins like a private key in base64 or base64url: PEM (ASCII with or without a byte-order mark, or
/// UTF-16), or DER, also if it was encoded twice. Eight characters are enough. Text after the beginning is not looked
/// at: it may be wrapped, cut off or damaged.
[[nodiscard]] bool begins_like_base64_key(std::string_view text);

/// Returns the total size of an ASN.1 SEQUENCE from its header (X.690 section 8.1.3). Returns `nullopt` unless its
/// content begins like a key: with a version (PKCS#8, PKCS#1, SEC1) or with an algorithm (encrypted PKCS#8).
[[nodiscard]] std::optional<std::size_t> der_key_size(std::string_view der);

}  // namespace adit
