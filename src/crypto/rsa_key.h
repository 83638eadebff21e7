#pragma once

#include <string_view>

#include "crypto/openssl.h"

namespace adit::jwt {

/// The key of a DER RSAPrivateKey (RFC 8017 appendix A.1.2), made of its numbers; nothing where it is none, or has more
/// than two primes. OpenSSL's own decoder looks at all algorithms that there are first: 2 ms at a program's start.
[[nodiscard]] openssl::Pkey rsa_key_from_der(std::string_view der);

}  // namespace adit::jwt
