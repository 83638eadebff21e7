#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// Signs without blinding. Only for the first RSA signature of a process.
///
/// OpenSSL blinds the number that it raises to the private exponent: it multiplies the number by a random one, and
/// removes that from the result. An attacker who measures the times of many signatures of chosen texts then learns
/// nothing. (OpenSSL's arithmetic also takes constant time.) Making the random number takes three times as long as the
/// signature. For a single signature it is not needed, because one measurement is not enough for the attack: an action
/// signs one assertion, whose text no attacker chooses, and uses the token for a day. From the second signature of the
/// process on, OpenSSL blinds, also with another key object: a program may load its key anew for each signature.
///
/// Returns nullopt if the algorithm is not RSASSA-PKCS1-v1_5, if the key belongs to another provider than OpenSSL's
/// default one (by OpenSSL's configuration), or if OpenSSL fails.
[[nodiscard]] std::optional<std::string> sign_first(EVP_PKEY* key, Algorithm algorithm, std::string_view input);

}  // namespace adit::jwt
