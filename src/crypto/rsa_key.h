#pragma once

#include <optional>
#include <string_view>

#include "adit/secret.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// Reads a DER RSAPrivateKey (RFC 8017 appendix A.1.2). Returns nullptr if it is not one, or has more than two primes.
/// OpenSSL's own decoder first loads all of its algorithms, which takes 2 ms at a program's start.
[[nodiscard]] openssl::Pkey rsa_key_from_der(std::string_view der);

/// Writes an RSA key as DER PrivateKeyInfo (PKCS#8, RFC 5208 section 5): the same bytes that OpenSSL writes. Returns
/// nullopt if the key does not export its numbers. OpenSSL's own encoder first loads all of its formats.
[[nodiscard]] std::optional<Secret> rsa_key_to_der(const EVP_PKEY* key);

}  // namespace adit::jwt
