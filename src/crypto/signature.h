#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// Whether the algorithm is RSASSA-PSS (RFC 7518 section 3.5).
[[nodiscard]] bool is_pss(Algorithm algorithm);
/// Returns the algorithm's hash; nullptr for EdDSA and Ed25519.
[[nodiscard]] const EVP_MD* digest_of(Algorithm algorithm);
/// Returns the size of `r` and of `s` in octets: that of the curve. An ECDSA signature is `r || s` (RFC 7518 section
/// 3.4).
[[nodiscard]] std::size_t ecdsa_octets(Algorithm algorithm);
/// Converts OpenSSL's DER (RFC 3279 section 2.2.3) to `r || s`. Returns nullopt if it is not such DER.
[[nodiscard]] std::optional<std::string> ecdsa_from_der(std::string_view der, std::size_t octets);
/// Converts `r || s` to DER. Returns nullopt if the length is wrong, or r or s is zero.
[[nodiscard]] std::optional<std::string> ecdsa_to_der(std::string_view raw, std::size_t octets);

/// Returns a signature in the form of RFC 7518, or nullopt if OpenSSL fails.
[[nodiscard]] std::optional<std::string> sign_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input);
[[nodiscard]] bool verify_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input, std::string_view signature);

}  // namespace adit::jwt
