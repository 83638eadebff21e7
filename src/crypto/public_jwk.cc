#include <openssl/core_names.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/signing_key.h"

#include "crypto/key_handle.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

constexpr std::size_t kEd25519Octets = 32;

std::string number_member(const EVP_PKEY* key, const char* name, int octets) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &found) != 1)
    throw Error::failure("invalid_key", "OpenSSL could not read the public key.");
  const openssl::Number number(found);
  std::string text(static_cast<std::size_t>(octets > 0 ? octets : BN_num_bytes(number.get())), '\0');
  BN_bn2binpad(number.get(), bytes(text.data()), static_cast<int>(text.size()));
  return base64url_encode(text);
}

}  // namespace

json::object to_jwk(const PublicKey& key) {
  const EVP_PKEY* pkey = key.handle().key.get();
  json::object jwk;
  switch (key.type()) {
    case KeyType::rsa:
      jwk["kty"] = "RSA";
      jwk["n"] = number_member(pkey, OSSL_PKEY_PARAM_RSA_N, 0);
      jwk["e"] = number_member(pkey, OSSL_PKEY_PARAM_RSA_E, 0);
      break;
    case KeyType::ed25519: {
      std::string x(kEd25519Octets, '\0');
      std::size_t size = x.size();
      EVP_PKEY_get_raw_public_key(pkey, bytes(x.data()), &size);
      jwk["kty"] = "OKP";
      jwk["crv"] = "Ed25519";
      jwk["x"] = base64url_encode(x);
      break;
    }
    case KeyType::ec_p256:
    case KeyType::ec_p384:
    case KeyType::ec_p521: {
      const auto [curve, octets] = curve_of(key.type());
      jwk["kty"] = "EC";
      jwk["crv"] = curve;
      jwk["x"] = number_member(pkey, OSSL_PKEY_PARAM_EC_PUB_X, octets);
      jwk["y"] = number_member(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, octets);
      break;
    }
  }
  return jwk;
}

}  // namespace adit::jwt
