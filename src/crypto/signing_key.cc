#include "adit/signing_key.h"

#include <atomic>

#include <openssl/core_names.h>

#include "adit/error.h"
#include "adit/secret.h"

#include "base/text/text.h"
#include "crypto/first_signature.h"
#include "crypto/key_handle.h"
#include "crypto/pem.h"
#include "crypto/private_key_reader.h"
#include "crypto/rsa_key.h"
#include "crypto/signature.h"

namespace adit::jwt {
namespace {

/// The numbers of an RSA key, read once, because OpenSSL exports all of them even if it is asked for one. They are
/// wiped at the end.
class RsaNumbers {
 public:
  explicit RsaNumbers(const EVP_PKEY* key) { EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &all_); }
  RsaNumbers(const RsaNumbers&) = delete;
  RsaNumbers& operator=(const RsaNumbers&) = delete;
  ~RsaNumbers() {
    for (const auto* one = all_; one != nullptr && one->key != nullptr; ++one) wipe(one->data, one->data_size);
    OSSL_PARAM_free(all_);
  }

  /// Returns nullptr if the key has no such number.
  [[nodiscard]] openssl::Number get(const char* name) const {
    BIGNUM* number = nullptr;
    const auto* const found = all_ == nullptr ? nullptr : OSSL_PARAM_locate_const(all_, name);
    if (found != nullptr) OSSL_PARAM_get_BN(found, &number);
    return openssl::Number(number);
  }

 private:
  OSSL_PARAM* all_ = nullptr;
};

/// Whether e·x ≡ 1 (mod p − 1), where x is the private exponent for the prime p.
bool inverts(const BIGNUM* e, const BIGNUM* x, const BIGNUM* p, BN_CTX* context) {
  const openssl::Number below(BN_dup(p));
  const openssl::Number product(BN_new());
  return below && product && BN_sub_word(below.get(), 1) == 1 &&
         BN_mod_mul(product.get(), e, x, below.get(), context) == 1 && BN_is_one(product.get()) == 1;
}

/// Whether the numbers of an RSA key belong together (RFC 8017 section 3.2). A damaged key may still decode, but nobody
/// could verify its signatures. This check takes microseconds; OpenSSL's own check, which also tests the primes, takes
/// tens of milliseconds.
bool consistent_rsa(const RsaNumbers& numbers) {
  const auto n = numbers.get(OSSL_PKEY_PARAM_RSA_N);
  const auto e = numbers.get(OSSL_PKEY_PARAM_RSA_E);
  const auto d = numbers.get(OSSL_PKEY_PARAM_RSA_D);
  const auto p = numbers.get(OSSL_PKEY_PARAM_RSA_FACTOR1);
  const auto q = numbers.get(OSSL_PKEY_PARAM_RSA_FACTOR2);
  const auto dp = numbers.get(OSSL_PKEY_PARAM_RSA_EXPONENT1);
  const auto dq = numbers.get(OSSL_PKEY_PARAM_RSA_EXPONENT2);
  const auto qi = numbers.get(OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
  if (!n || !e || !d || !p || !q || !dp || !dq || !qi) return false;
  const openssl::NumberContext context(BN_CTX_secure_new());
  const openssl::Number product(BN_new());
  if (!context || !product || BN_mul(product.get(), p.get(), q.get(), context.get()) != 1) return false;
  if (BN_cmp(product.get(), n.get()) != 0) return false;
  if (BN_mod_mul(product.get(), qi.get(), q.get(), p.get(), context.get()) != 1 || BN_is_one(product.get()) != 1)
    return false;
  return inverts(e.get(), d.get(), p.get(), context.get()) && inverts(e.get(), d.get(), q.get(), context.get()) &&
         inverts(e.get(), dp.get(), p.get(), context.get()) && inverts(e.get(), dq.get(), q.get(), context.get());
}

bool consistent_ec(EVP_PKEY* key) {
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_pairwise_check(context.get()) == 1;
}

/// Resets what OpenSSL remembers about the encoding that an EC key was read from (no public point, a compressed point),
/// so that to_der() does not depend on it.
void forget_encoding(EVP_PKEY* key) {
  EVP_PKEY_set_int_param(key, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1);
  EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed");
  EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "named_curve");
}

SigningKey make_signing_key(openssl::Pkey key) {
  const auto type = key_type(key.get());
  if (!type)
    throw UnusableKey("key_unsupported", cat("is ", describe(key.get()), ", which adit cannot use."),
                      "Use RSA, P-256, P-384, P-521 or Ed25519.");
  const int bits = EVP_PKEY_get_bits(key.get());
  bool consistent = true;
  switch (*type) {
    case KeyType::rsa: {
      if (bits < kMinRsaBits) {
        throw UnusableKey("key_too_short",
                          cat("is ", describe(key.get()), "; at least 2048 are secure (RFC 7518 section 3.3)."),
                          kMakeRsa);
      }
      if (bits > kMaxRsaBits)
        throw UnusableKey("key_unsupported", cat("is ", describe(key.get()), ", which is too long."), kMakeRsa);
      const RsaNumbers numbers(key.get());
      if (numbers.get(OSSL_PKEY_PARAM_RSA_FACTOR3))
        throw UnusableKey("key_unsupported", "is an RSA key of more than two primes.", kMakeRsa);
      if (has_roca_modulus(key.get())) throw UnusableKey("key_weak", kRocaWords, kMakeRsa);
      consistent = consistent_rsa(numbers);
      break;
    }
    case KeyType::ec_p256:
    case KeyType::ec_p384:
    case KeyType::ec_p521:
      forget_encoding(key.get());
      consistent = consistent_ec(key.get());
      break;
    case KeyType::ed25519:
      break;  // the public key is computed from the private one
  }
  if (!consistent) {
    throw UnusableKey("invalid_key", "is damaged: its numbers do not belong together.",
                      "Copy it again from the file that it was made in.");
  }
  return SigningKey(std::make_shared<const SigningKey::Handle>(KeyHandle{std::move(key), *type, bits}));
}

}  // namespace

SigningKey signing_key_from_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase) {
  const openssl::ErrorScope errors;
  return make_signing_key(decode_private_blocks(blocks, passphrase));
}

SigningKey signing_key_from_der(std::string_view der, const Secret& passphrase) {
  const openssl::ErrorScope errors;
  return make_signing_key(decode_private_der(der, passphrase));
}

SigningKey SigningKey::from_pem(const Secret& pem, const Secret& passphrase) {
  try {
    return signing_key_from_blocks(parse_pem(pem.reveal()), passphrase);
  } catch (const UnusableKey& refusal) {
    throw to_error(refusal, kPrivateKeySubject);
  }
}

SigningKey SigningKey::from_der(const Secret& der, const Secret& passphrase) {
  try {
    return signing_key_from_der(der.reveal(), passphrase);
  } catch (const UnusableKey& refusal) {
    throw to_error(refusal, kPrivateKeySubject);
  }
}

SigningKey SigningKey::generate_rsa(int bits) {
  const openssl::ErrorScope errors;
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    throw Error::configuration("key_too_short", cat("An RSA key of ", bits, " bits cannot be made."))
        .hint("Ask for 2048 to 16384 bits.");
  }
  openssl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
  if (!key) throw Error::failure("key_generation_failed", "OpenSSL could not make an RSA key.");
  return make_signing_key(std::move(key));
}

SigningKey SigningKey::generate(KeyType type) {
  if (type == KeyType::rsa) return generate_rsa();
  const openssl::ErrorScope errors;
  openssl::Pkey key;
  if (type == KeyType::ed25519) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_of(type).name));
  }
  if (!key) throw Error::failure("key_generation_failed", "OpenSSL could not make a key.");
  return make_signing_key(std::move(key));
}

KeyType SigningKey::type() const { return handle_->type; }
int SigningKey::bits() const { return handle_->bits; }
bool SigningKey::can_use(Algorithm algorithm) const { return fits(handle_->type, algorithm); }

Algorithm SigningKey::default_algorithm() const {
  switch (type()) {
    case KeyType::rsa:
      break;
    case KeyType::ec_p256:
      return Algorithm::ES256;
    case KeyType::ec_p384:
      return Algorithm::ES384;
    case KeyType::ec_p521:
      return Algorithm::ES512;
    case KeyType::ed25519:
      return Algorithm::EdDSA;
  }
  return Algorithm::RS256;
}

std::string SigningKey::sign(Algorithm algorithm, std::string_view signing_input) const {
  if (!can_use(algorithm)) {
    throw Error::configuration("sign_failed", cat("The private key is ", describe(handle_->key.get()),
                                                  ", which cannot sign ", to_string(algorithm), '.'))
        .hint(cat("It can sign ", to_string(default_algorithm()), '.'));
  }
  static std::atomic_flag process_has_signed;
  std::optional<std::string> signature;
  if (type() == KeyType::rsa && !process_has_signed.test_and_set())
    signature = sign_first(handle_->key.get(), algorithm, signing_input);
  if (!signature) signature = sign_with(handle_->key.get(), algorithm, signing_input);
  if (!signature) throw Error::failure("sign_failed", "OpenSSL could not sign with the private key.");
  return *std::move(signature);
}

PublicKey SigningKey::public_key() const {
  const openssl::ErrorScope errors;
  // Copies the numbers instead of writing and reading DER, which would load OpenSSL's encoders and decoders and take
  // longer than a signature.
  OSSL_PARAM* parts = nullptr;
  EVP_PKEY_todata(handle_->key.get(), EVP_PKEY_PUBLIC_KEY, &parts);
  const openssl::KeyParams owned(parts);
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, handle_->key.get(), nullptr));
  EVP_PKEY* key = nullptr;
  if (!owned || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parts) != 1)
    throw Error::failure("invalid_key", "OpenSSL could not take the public key out of the private one.");
  return make_public_key(openssl::Pkey(key));
}

const std::string& SigningKey::thumbprint() const {
  std::call_once(handle_->thumbprint_made, [this] { handle_->thumbprint = public_key().thumbprint(); });
  return handle_->thumbprint;
}

Secret SigningKey::to_der() const {
  const openssl::ErrorScope errors;
  if (type() == KeyType::rsa)
    if (auto der = rsa_key_to_der(handle_->key.get())) return *std::move(der);
  const openssl::PrivateKeyInfo info(EVP_PKEY2PKCS8(handle_->key.get()));
  unsigned char* out = nullptr;
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &out) : 0;
  if (size <= 0) throw Error::failure("invalid_key", "OpenSSL could not write the private key.");
  Secret der(std::string_view(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)));
  OPENSSL_clear_free(out, static_cast<std::size_t>(size));
  return der;
}

Secret SigningKey::to_pem() const { return write_pem("PRIVATE KEY", to_der().reveal()); }

}  // namespace adit::jwt
