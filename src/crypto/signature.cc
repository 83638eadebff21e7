#include "crypto/signature.h"

#include <openssl/rsa.h>

namespace adit::jwt {
namespace {

using openssl::bytes;

bool is_ecdsa(Algorithm algorithm) {
  return algorithm == Algorithm::ES256 || algorithm == Algorithm::ES384 || algorithm == Algorithm::ES512;
}

/// Sets the padding of RSASSA-PSS (RFC 7518 section 3.5): MGF1 with the same hash, and a salt as long as the hash.
bool set_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  if (!is_pss(algorithm)) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

}  // namespace

bool is_pss(Algorithm algorithm) {
  return algorithm == Algorithm::PS256 || algorithm == Algorithm::PS384 || algorithm == Algorithm::PS512;
}

/// The digests are fetched once, and never freed: fetching by name takes longer than everything else that is added to
/// the RSA computation.
const EVP_MD* digest_of(Algorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  switch (algorithm) {
    case Algorithm::RS256:
    case Algorithm::PS256:
    case Algorithm::ES256:
      return sha256;
    case Algorithm::RS384:
    case Algorithm::PS384:
    case Algorithm::ES384:
      return sha384;
    case Algorithm::RS512:
    case Algorithm::PS512:
    case Algorithm::ES512:
      return sha512;
    case Algorithm::EdDSA:
    case Algorithm::Ed25519:
      return nullptr;  // Ed25519 has its own hash (RFC 8032 section 5.1)
  }
  return nullptr;
}

std::size_t ecdsa_octets(Algorithm algorithm) {
  return algorithm == Algorithm::ES512 ? 66 : algorithm == Algorithm::ES384 ? 48 : 32;
}

std::optional<std::string> ecdsa_from_der(std::string_view der, std::size_t octets) {
  const auto* at = bytes(der.data());
  const openssl::EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!signature) return std::nullopt;
  std::string raw(2 * octets, '\0');
  const int size = static_cast<int>(octets);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(raw.data()), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(raw.data()) + octets, size) != size) {
    return std::nullopt;
  }
  return raw;
}

std::optional<std::string> ecdsa_to_der(std::string_view raw, std::size_t octets) {
  if (raw.size() != 2 * octets) return std::nullopt;
  openssl::Number r(BN_bin2bn(bytes(raw.data()), static_cast<int>(octets), nullptr));
  openssl::Number s(BN_bin2bn(bytes(raw.data()) + octets, static_cast<int>(octets), nullptr));
  const openssl::EcdsaSignature signature(ECDSA_SIG_new());
  if (!r || !s || !signature || BN_is_zero(r.get()) || BN_is_zero(s.get())) return std::nullopt;
  if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return std::nullopt;
  (void)r.release();
  (void)s.release();
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  if (size <= 0) return std::nullopt;
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = bytes(der.data());
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

std::optional<std::string> sign_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input) {
  const openssl::ErrorScope errors;
  const openssl::DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (!context || EVP_DigestSignInit(context.get(), &key_context, digest_of(algorithm), nullptr, key) != 1 ||
      !set_padding(key_context, algorithm)) {
    return std::nullopt;
  }
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSign(context.get(), bytes(signature.data()), &size, bytes(input.data()), input.size()) != 1) {
    return std::nullopt;
  }
  signature.resize(size);
  return is_ecdsa(algorithm) ? ecdsa_from_der(signature, ecdsa_octets(algorithm)) : signature;
}

bool verify_with(EVP_PKEY* key, Algorithm algorithm, std::string_view input, std::string_view signature) {
  const openssl::ErrorScope errors;
  std::optional<std::string> der;
  if (is_ecdsa(algorithm)) {
    der = ecdsa_to_der(signature, ecdsa_octets(algorithm));
    if (!der) return false;
    signature = *der;
  } else if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) {
    return false;  // RFC 8017 section 8.1.2, step 1; OpenSSL's PSS accepts a signature without its leading zero
  }
  const openssl::DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (!context || EVP_DigestVerifyInit(context.get(), &key_context, digest_of(algorithm), nullptr, key) != 1 ||
      !set_padding(key_context, algorithm)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes(signature.data()), signature.size(), bytes(input.data()),
                          input.size()) == 1;
}

}  // namespace adit::jwt
