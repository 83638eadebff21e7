#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// RSASSA-PSS (RFC 7518 section 3.5).
[[nodiscard]] bool is_pss(Algorithm algorithm);
/// What the algorithm hashes with; nullptr for EdDSA and Ed25519.
[[nodiscard]] const EVP_MD* digest_of(Algorithm algorithm);
/// RFC 7518 section 3.4: an ECDSA signature is `r || s`, each of the curve's size in octets.
[[nodiscard]] std::size_t ecdsa_octets(Algorithm algorithm);
/// OpenSSL's DER (RFC 3279 section 2.2.3) as `r || s`; nothing for what is no such DER.
[[nodiscard]] std::optional<std::string> ecdsa_from_der(std::string_view der, std::size_t octets);
/// `r || s` as DER; nothing if the length is another or r or s is zero.
[[nodiscard]] std::optional<std::string> ecdsa_to_der(std::string_view raw, std::size_t octets);

/// A signature in RFC 7515's form; nothing where OpenSSL fails.
[[nodiscard]] std::optional<std::string> sign_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input);
[[nodiscard]] bool verify_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input, std::string_view signature);

}  // namespace adit::jwt
