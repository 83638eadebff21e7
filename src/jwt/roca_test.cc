#include "crypto/roca.h"

#include <array>

#include <gmock/gmock.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "adit/base64.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using openssl::Number;
using test::code_of;

/// 2·3·5·…·167: the M of the chips' 512-bit keys. It divides the M of longer keys.
Number product_of_primes() {
  Number product(BN_new());
  BN_one(product.get());
  for (BN_ULONG prime = 2; prime <= 167; ++prime) {
    bool is_prime = true;
    for (BN_ULONG below = 2; below < prime; ++below) is_prime = is_prime && prime % below != 0;
    if (is_prime) BN_mul_word(product.get(), prime);
  }
  return product;
}

/// Returns a prime as the chips made them: k·M + (65537^a mod M).
Number chip_prime(BN_CTX* context, BN_ULONG a) {
  const auto product = product_of_primes();
  const Number base(BN_new());
  const Number power(BN_new());
  const Number remainder(BN_new());
  BN_set_word(base.get(), 65537);
  BN_set_word(power.get(), a);
  BN_mod_exp(remainder.get(), base.get(), power.get(), product.get(), context);
  Number prime(BN_new());
  EXPECT_EQ(BN_generate_prime_ex(prime.get(), 1040, 0, product.get(), remainder.get(), nullptr), 1);
  return prime;
}

/// Returns a key pair of two such primes.
openssl::Pkey chip_key() {
  const openssl::NumberContext context(BN_CTX_new());
  const auto p = chip_prime(context.get(), 123'456'789);
  const auto q = chip_prime(context.get(), 987'654'321);
  const auto number = [] { return Number(BN_new()); };
  const auto n = number(), e = number(), below_p = number(), below_q = number(), phi = number(), d = number(),
             dp = number(), dq = number(), qi = number();
  BN_set_word(e.get(), 65537);
  BN_mul(n.get(), p.get(), q.get(), context.get());
  BN_sub(below_p.get(), p.get(), BN_value_one());
  BN_sub(below_q.get(), q.get(), BN_value_one());
  BN_mul(phi.get(), below_p.get(), below_q.get(), context.get());
  BN_mod_inverse(d.get(), e.get(), phi.get(), context.get());
  BN_mod(dp.get(), d.get(), below_p.get(), context.get());
  BN_mod(dq.get(), d.get(), below_q.get(), context.get());
  BN_mod_inverse(qi.get(), q.get(), p.get(), context.get());
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  const std::array<std::pair<const char*, const BIGNUM*>, 8> parts{{{OSSL_PKEY_PARAM_RSA_N, n.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_E, e.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_D, d.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()},
                                                                    {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi.get()}}};
  for (const auto& [name, value] : parts) OSSL_PARAM_BLD_push_BN(builder.get(), name, value);
  const openssl::KeyParams params(OSSL_PARAM_BLD_to_param(builder.get()));
  const openssl::PkeyContext making(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(making.get());
  EXPECT_EQ(EVP_PKEY_fromdata(making.get(), &key, EVP_PKEY_KEYPAIR, params.get()), 1);
  return openssl::Pkey(key);
}

std::string pem_of(int (*write)(BIO*, const EVP_PKEY*), const EVP_PKEY* key) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(write(bio.get(), key), 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

TEST(Roca, keys_of_broken_chips_are_rejected_in_all_formats) {
  const auto key = chip_key();
  const auto private_pem = pem_of(
      [](BIO* bio, const EVP_PKEY* what) {
        return PEM_write_bio_PrivateKey(bio, what, nullptr, nullptr, 0, nullptr, nullptr);
      },
      key.get());
  const auto public_pem =
      pem_of([](BIO* bio, const EVP_PKEY* what) { return PEM_write_bio_PUBKEY(bio, what); }, key.get());
  EXPECT_EQ(code_of([&] { (void)SigningKey::from_pem(Secret(private_pem)); }), "key_weak");
  EXPECT_EQ(code_of([&] { (void)PublicKey::from_pem(public_pem); }), "key_weak");

  BIGNUM* modulus = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &modulus), 1);
  const Number n(modulus);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(n.get())), '\0');
  BN_bn2bin(n.get(), openssl::bytes(bytes.data()));
  const json::object jwk{{"kty", "RSA"}, {"n", base64url_encode(bytes)}, {"e", "AQAB"}};
  EXPECT_EQ(code_of([&] { (void)read_keys(to_json(jwk)); }), "key_weak");
  EXPECT_TRUE(Jwks::parse(to_json(json::object{{"keys", {jwk}}})).keys().empty());
}

TEST(Roca, keys_of_openssl_are_accepted) {
  for (const auto* key : {&test::rsa_key(), &test::other_rsa_key()}) {
    EXPECT_EQ(code_of([&] { (void)SigningKey::from_pem(key->to_pem()); }), "none");
    EXPECT_EQ(code_of([&] { (void)PublicKey::from_pem(key->public_key().to_pem()); }), "none");
  }
}

}  // namespace
}  // namespace adit::jwt
