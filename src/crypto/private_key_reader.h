#pragma once

#include "adit/error.h"
#include "adit/secret.h"

#include "crypto/openssl.h"
#include "crypto/pem.h"

namespace adit::jwt {

/// An Error (configuration) whose message is `kPrivateKeySubject` and what is said of it.
[[nodiscard]] Error refused_key(std::string code, std::string_view what, std::string hint);

/// Decodes a private key and finds out what a text is that is none. Both throw Error with the codes of
/// SigningKey::from_pem; every message begins with `kPrivateKeySubject`, so that a caller can name the setting instead.
[[nodiscard]] openssl::Pkey read_private_pem(std::string_view pem, const Secret& passphrase);
[[nodiscard]] openssl::Pkey read_private_der(std::string_view der, const Secret& passphrase);

}  // namespace adit::jwt
