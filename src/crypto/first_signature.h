#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// Signs without blinding; for the first RSA signature of a process alone.
///
/// OpenSSL blinds what it raises to the private exponent: it multiplies it by a random number, and divides the result
/// by its root. Someone who times many signatures of texts of their choice then learns nothing, even if the arithmetic
/// took unequal times, which OpenSSL's is made not to do. To make the random pair takes three times as long as the
/// signature. For one signature that is wasted, since one time is no series: an action signs one assertion, of a text
/// that nobody else chooses, and then uses the token for a day. From a process's second signature on, OpenSSL blinds,
/// whatever the key: a program may read its key anew for each signature.
///
/// Returns `nullopt` if the algorithm is not RSASSA-PKCS1-v1_5, if another provider than OpenSSL's default one holds
/// the key (as OpenSSL's configuration may say), or if OpenSSL fails.
[[nodiscard]] std::optional<std::string> sign_first(EVP_PKEY* key, Algorithm algorithm, std::string_view input);

}  // namespace adit::jwt
