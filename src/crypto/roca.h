#pragma once

#include "crypto/openssl.h"

namespace adit::jwt {

/// Returns true if the modulus was made by the library of Infineon's chips whose private keys can be computed from the
/// public ones (ROCA, CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack", 2017, section 3.2). The
/// primes of such a key are k·M + (65537^a mod M), where M is a product of small primes. Therefore the modulus is a
/// power of 65537 modulo each of these primes; of other keys, only one in some hundred million has this property.
[[nodiscard]] bool is_roca_modulus(const BIGNUM* modulus);

}  // namespace adit::jwt
