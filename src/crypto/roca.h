#pragma once

#include "crypto/openssl.h"

namespace adit::jwt {

/// Returns true if an RSA modulus was made by the library of Infineon's chips whose private keys can be computed from
/// the public ones (ROCA, CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack", 2017, section 3.2). Its
/// primes are k·M + (65537^a mod M) with M a product of small primes, so the modulus is a power of 65537 modulo each of
/// them. Of other keys, one in some hundred million is.
[[nodiscard]] bool is_roca_modulus(const BIGNUM* modulus);

}  // namespace adit::jwt
