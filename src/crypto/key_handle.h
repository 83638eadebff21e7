#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// The members of both kinds of key. Used only in src/crypto.
struct KeyHandle {
  openssl::Pkey key;
  KeyType type;
  int bits;
};
struct PublicKey::Handle : KeyHandle {};
struct SigningKey::Handle : KeyHandle {
  explicit Handle(KeyHandle key) : KeyHandle(std::move(key)) {}
  /// Computed when it is first needed.
  mutable std::once_flag thumbprint_made;
  mutable std::string thumbprint;
};

/// RFC 7518 section 3.3: "A key of size 2048 bits or larger MUST be used".
inline constexpr int kMinRsaBits = 2048;
/// OpenSSL's own limit for verification (OPENSSL_RSA_MAX_MODULUS_BITS).
inline constexpr int kMaxRsaBits = 16384;

/// The hint for an RSA key that is too weak.
inline constexpr const char* kMakeRsa =
    "Make a new pair: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out private.key";
/// The message for an RSA key for which has_roca_modulus() is true (roca.h).
inline constexpr const char* kRocaWords =
    "was made by a chip or token whose keys are broken (ROCA, CVE-2017-15361): its private half can be computed.";
[[nodiscard]] bool has_roca_modulus(const EVP_PKEY* key);

/// Returns nullopt for a type or curve that no Algorithm uses.
[[nodiscard]] std::optional<KeyType> key_type(const EVP_PKEY* key);
struct Curve {
  /// NIST's name, as in RFC 7518 section 6.2.1.1; OpenSSL accepts it, too.
  const char* name;
  /// The size of a coordinate.
  int octets;
};
/// Returns the curve of an EC key.
[[nodiscard]] Curve curve_of(KeyType type);
/// Describes a key for a message: "an RSA key of 1024 bits", "an EC key on the curve secp256k1", "a key of type
/// X25519".
[[nodiscard]] std::string describe(const EVP_PKEY* key);
[[nodiscard]] bool fits(KeyType type, Algorithm algorithm);

/// Checks a public key and wraps it. Throws Error `key_unsupported`, `key_too_short`, `key_weak` or `invalid_key`.
[[nodiscard]] PublicKey make_public_key(openssl::Pkey key);

}  // namespace adit::jwt
