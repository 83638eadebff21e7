#pragma once

#include <optional>
#include <string_view>

#include "adit/secret.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// The key of a DER RSAPrivateKey (RFC 8017 appendix A.1.2), made of its numbers; nothing if it is none, or has more
/// than two primes. OpenSSL's own decoder looks at all algorithms that there are first: 2 ms at a program's start.
[[nodiscard]] openssl::Pkey rsa_key_from_der(std::string_view der);

/// An RSA key as DER PrivateKeyInfo (PKCS#8, RFC 5208 section 5), the same bytes as OpenSSL's. Returns `nullopt` if the
/// key does not give its numbers. OpenSSL's own encoder looks at all formats that there are first.
[[nodiscard]] std::optional<Secret> rsa_key_to_der(const EVP_PKEY* key);

}  // namespace adit::jwt
