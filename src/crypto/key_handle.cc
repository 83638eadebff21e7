#include "crypto/key_handle.h"

#include <array>

#include <openssl/core_names.h>
#include <openssl/objects.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "crypto/roca.h"

namespace adit::jwt {
namespace {

std::string curve_name(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size(), nullptr) != 1)
    return {};
  return name.data();
}

/// Whether modulus and exponent can be those of an RSA key. With an exponent of 1, every padded message would be its
/// own signature; an even number has no inverse.
bool sound_rsa(const EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) return false;
  const openssl::Number exponent(number);
  number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number) != 1) return false;
  const openssl::Number modulus(number);
  return BN_is_odd(modulus.get()) == 1 && BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0 &&
         BN_cmp(exponent.get(), modulus.get()) < 0;
}

}  // namespace

bool has_roca_modulus(const EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number) != 1) return false;
  return is_roca_modulus(openssl::Number(number).get());
}

std::optional<KeyType> key_type(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return KeyType::rsa;
    case EVP_PKEY_ED25519:
      return KeyType::ed25519;
    case EVP_PKEY_EC: {
      const std::string curve = curve_name(key);
      if (curve == SN_X9_62_prime256v1) return KeyType::ec_p256;
      if (curve == SN_secp384r1) return KeyType::ec_p384;
      if (curve == SN_secp521r1) return KeyType::ec_p521;
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

Curve curve_of(KeyType type) {
  if (type == KeyType::ec_p521) return {"P-521", 66};
  return type == KeyType::ec_p384 ? Curve{"P-384", 48} : Curve{"P-256", 32};
}

std::string describe(const EVP_PKEY* key) {
  const int id = EVP_PKEY_get_base_id(key);
  if (id == EVP_PKEY_RSA) return cat("an RSA key of ", EVP_PKEY_get_bits(key), " bits");
  if (id == EVP_PKEY_EC) {
    const std::string curve = curve_name(key);
    return curve.empty() ? "an EC key on a custom curve" : cat("an EC key on the curve ", curve);
  }
  const char* name = EVP_PKEY_get0_type_name(key);
  return cat("a key of type ", name == nullptr ? "unknown" : name);
}

bool fits(KeyType type, Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::RS256:
    case Algorithm::RS384:
    case Algorithm::RS512:
    case Algorithm::PS256:
    case Algorithm::PS384:
    case Algorithm::PS512:
      return type == KeyType::rsa;
    case Algorithm::ES256:
      return type == KeyType::ec_p256;
    case Algorithm::ES384:
      return type == KeyType::ec_p384;
    case Algorithm::ES512:
      return type == KeyType::ec_p521;
    case Algorithm::EdDSA:
    case Algorithm::Ed25519:
      return type == KeyType::ed25519;
  }
  return false;
}

PublicKey make_public_key(openssl::Pkey key) {
  const auto type = key_type(key.get());
  if (!type) {
    throw Error::configuration("key_unsupported",
                               cat("The public key is ", describe(key.get()), ", which adit cannot use."))
        .hint("Use RSA, P-256, P-384, P-521 or Ed25519.");
  }
  const int bits = EVP_PKEY_get_bits(key.get());
  if (*type == KeyType::rsa) {
    if (bits < kMinRsaBits) {
      throw Error::configuration("key_too_short", cat("The public key is ", describe(key.get()),
                                                      "; at least 2048 are secure (RFC 7518 section 3.3)."))
          .hint("Make a new pair with 2048 bits or more.");
    }
    if (bits > kMaxRsaBits) {
      throw Error::configuration("key_unsupported",
                                 cat("The public key is ", describe(key.get()), ", which is too long."))
          .hint("Use 2048 to 4096 bits.");
    }
    if (!sound_rsa(key.get())) {
      throw Error::configuration("invalid_key", "The public key has a modulus or exponent that no RSA key has.")
          .hint("Export the public key again.");
    }
    if (has_roca_modulus(key.get())) {
      throw Error::configuration("key_weak", cat("The public key ", kRocaWords)).hint(kMakeRsa);
    }
  }
  return PublicKey(std::make_shared<const PublicKey::Handle>(PublicKey::Handle{{std::move(key), *type, bits}}));
}

}  // namespace adit::jwt
