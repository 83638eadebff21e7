#include "adit/signing_key.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "crypto/first_signature.h"
#include "crypto/keys_fixture.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"
#include "crypto/private_key_reader.h"
#include "crypto/signature.h"

namespace adit::jwt {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string refusal_of(const Secret& pem, const Secret& passphrase = {}) {
  try {
    (void)SigningKey::from_pem(pem, passphrase);
  } catch (const Error& error) {
    EXPECT_TRUE(error.is_configuration());
    EXPECT_FALSE(error.hint().empty());
    EXPECT_THAT(error.message(), testing::StartsWith(kPrivateKeySubject));
    return error.code();
  }
  return "none";
}

std::string refusal_of(const std::string& pem, std::string_view passphrase = {}) {
  return refusal_of(Secret(pem), Secret(passphrase));
}

TEST(SigningKey, signatures_of_every_algorithm_verify_with_the_public_key) {
  const std::vector<std::pair<const SigningKey*, std::vector<Algorithm>>> keys{
      {&test::rsa_key(),
       {Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512}},
      {&test::p256_key(), {Algorithm::ES256}},
      {&test::p384_key(), {Algorithm::ES384}},
      {&test::p521_key(), {Algorithm::ES512}},
      {&test::ed25519_key(), {Algorithm::EdDSA, Algorithm::Ed25519}}};
  for (const auto& [key, algorithms] : keys) {
    const PublicKey public_key = key->public_key();
    for (const auto algorithm : algorithms) {
      const std::string signature = key->sign(algorithm, "input");
      EXPECT_TRUE(public_key.verify(algorithm, "input", signature)) << to_string(algorithm);
      EXPECT_FALSE(public_key.verify(algorithm, "Input", signature)) << to_string(algorithm);
      EXPECT_FALSE(public_key.verify(algorithm, "input", signature + 'x')) << to_string(algorithm);
      EXPECT_FALSE(public_key.verify(algorithm, "input", signature.substr(1))) << to_string(algorithm);
      EXPECT_FALSE(public_key.verify(algorithm, "input", "")) << to_string(algorithm);
    }
  }
}

TEST(SigningKey, rejects_a_pss_signature_without_its_leading_zero) {
  const auto& key = test::rsa_key();
  const PublicKey public_key = key.public_key();
  std::string signature;
  do {  // one signature in 256 begins with a zero byte
    signature = key.sign(Algorithm::PS256, "input");
  } while (signature.front() != 0);
  EXPECT_TRUE(public_key.verify(Algorithm::PS256, "input", signature));
  EXPECT_FALSE(public_key.verify(Algorithm::PS256, "input", signature.substr(1)));
}

TEST(SigningKey, rejects_an_algorithm_of_another_kind_of_key) {
  try {
    (void)test::p256_key().sign(Algorithm::RS256, "input");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "sign_failed");
    EXPECT_THAT(error.hint(), HasSubstr("ES256"));
  }
  EXPECT_THROW((void)test::rsa_key().sign(Algorithm::ES256, "input"), Error);
  EXPECT_THROW((void)test::p384_key().sign(Algorithm::ES256, "input"), Error);
}

TEST(SigningKey, makes_pss_salt_as_long_as_the_hash) {
  const auto key = test::evp(test::rsa_key());
  const std::vector<std::tuple<Algorithm, const EVP_MD*, int>> hashes{
      {Algorithm::PS256, EVP_sha256(), 32}, {Algorithm::PS384, EVP_sha384(), 48}, {Algorithm::PS512, EVP_sha512(), 64}};
  for (const auto& [algorithm, digest, octets] : hashes) {
    const std::string signature = test::rsa_key().sign(algorithm, "input");
    const openssl::DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* pss = nullptr;
    ASSERT_EQ(EVP_DigestVerifyInit(context.get(), &pss, digest, nullptr, key.get()), 1);
    EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, octets);
    EXPECT_EQ(
        EVP_DigestVerify(context.get(), openssl::bytes(signature.data()), signature.size(), openssl::bytes("input"), 5),
        1)
        << to_string(algorithm);
  }
}

TEST(SigningKey, rejects_pss_with_a_salt_of_another_length) {
  const auto key = test::evp(test::rsa_key());
  const openssl::DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* pss = nullptr;
  ASSERT_EQ(EVP_DigestSignInit(context.get(), &pss, EVP_sha256(), nullptr, key.get()), 1);
  EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING);
  EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, 20);
  std::string signature(256, '\0');
  std::size_t size = signature.size();
  ASSERT_EQ(EVP_DigestSign(context.get(), openssl::bytes(signature.data()), &size, openssl::bytes("input"), 5), 1);
  EXPECT_FALSE(test::rsa_key().public_key().verify(Algorithm::PS256, "input", signature));
}

TEST(SigningKey, always_writes_elliptic_signatures_at_full_length) {
  for (int i = 0; i < 600; ++i) {  // one r or s in 256 begins with a zero byte
    ASSERT_EQ(test::p256_key().sign(Algorithm::ES256, std::to_string(i)).size(), 64U);
  }
  EXPECT_EQ(test::p384_key().sign(Algorithm::ES384, "input").size(), 96U);
  EXPECT_EQ(test::p521_key().sign(Algorithm::ES512, "input").size(), 132U);
}

TEST(SigningKey, reads_all_formats_to_the_same_bytes) {
  for (const auto* key : {&test::rsa_key(), &test::p256_key(), &test::p384_key(), &test::p521_key()}) {
    const auto evp = test::evp(*key);
    const std::string bytes = test::der(*key);
    const Secret word("open sesame");
    const auto from_pem = [](const std::string& pem) { return SigningKey::from_pem(Secret(pem)); };
    EXPECT_EQ(test::der(from_pem(test::pem(*key))), bytes);
    EXPECT_EQ(test::der(from_pem(test::traditional_pem(evp.get()))), bytes);
    EXPECT_EQ(test::der(SigningKey::from_pem(Secret(test::encrypted_pem(evp.get(), word.reveal())), word)), bytes);
    EXPECT_EQ(test::der(SigningKey::from_pem(Secret(test::traditional_pem(evp.get(), word.reveal())), word)), bytes);
    EXPECT_EQ(test::der(SigningKey::from_der(Secret(bytes))), bytes);
    EXPECT_EQ(test::der(SigningKey::from_der(Secret(test::traditional_der(evp.get())))), bytes);
    EXPECT_EQ(test::der(SigningKey::from_der(Secret(test::encrypted_der(evp.get(), word.reveal())), word)), bytes);
  }
  EXPECT_EQ(test::der(SigningKey::from_pem(test::ed25519_key().to_pem())), test::der(test::ed25519_key()));
}

TEST(SigningKey, writes_the_bytes_that_openssl_writes) {
  for (const auto& key : {test::rsa_key(), SigningKey::generate_rsa(2052), SigningKey::generate_rsa(2055),
                          SigningKey::generate_rsa(3072), test::p256_key(), test::ed25519_key()})
    EXPECT_EQ(key.to_pem().reveal(), test::pkcs8_pem(test::evp(key).get())) << key.bits();
}

TEST(SigningKey, reads_an_elliptic_key_without_its_public_point_to_the_same_bytes) {
  const auto evp = test::evp(test::p256_key());
  EVP_PKEY_set_int_param(evp.get(), "include-public", 0);
  const std::string bare = test::pkcs8_pem(evp.get());
  ASSERT_LT(bare.size(), test::pem(test::p256_key()).size());
  EXPECT_EQ(test::der(SigningKey::from_pem(Secret(bare))), test::der(test::p256_key()));
}

TEST(SigningKey, reads_the_key_from_a_file_that_also_contains_a_certificate) {
  const auto evp = test::evp(test::rsa_key());
  const std::string both = test::certificate_pem(evp.get()) + test::pem(test::rsa_key());
  EXPECT_EQ(test::der(SigningKey::from_pem(Secret(both))), test::der(test::rsa_key()));
}

TEST(SigningKey, skips_text_around_the_block) {
  const std::string text = "Bag Attributes\n    friendlyName: adobe\nKey Attributes: <No Attributes>\n" +
                           test::pem(test::rsa_key()) + "\nbye";
  EXPECT_EQ(test::der(SigningKey::from_pem(Secret(text))), test::der(test::rsa_key()));
}

TEST(SigningKey, says_that_a_text_is_a_certificate) {
  const auto evp = test::evp(test::rsa_key());
  EXPECT_EQ(refusal_of(test::certificate_pem(evp.get())), "key_is_certificate");
  EXPECT_EQ(refusal_of(test::request_pem(evp.get())), "key_is_certificate");
}

TEST(SigningKey, says_that_a_text_is_a_public_key) {
  EXPECT_EQ(refusal_of(test::rsa_key().public_key().to_pem()), "key_is_public");
}

TEST(SigningKey, says_that_a_key_is_cut_off_anywhere) {
  const std::string pem = test::pem(test::rsa_key());
  for (std::size_t size = 28; size < pem.size() - 3; size += 7) {
    EXPECT_EQ(refusal_of(pem.substr(0, size)), "key_truncated") << size;
  }
}

TEST(SigningKey, says_that_lines_are_missing_in_the_middle) {
  std::string pem = test::pem(test::rsa_key());
  pem.erase(223, 130);  // the fourth and fifth line
  EXPECT_EQ(refusal_of(pem), "key_truncated");
}

TEST(SigningKey, says_that_a_passphrase_is_missing) {
  const auto evp = test::evp(test::rsa_key());
  EXPECT_EQ(refusal_of(test::encrypted_pem(evp.get(), "word")), "key_encrypted");
  EXPECT_EQ(refusal_of(test::traditional_pem(evp.get(), "word")), "key_encrypted");
}

TEST(SigningKey, says_that_a_passphrase_is_wrong) {
  const auto evp = test::evp(test::rsa_key());
  const std::string modern = test::encrypted_pem(evp.get(), "word");
  const std::string old = test::traditional_pem(evp.get(), "word");
  for (int i = 0; i < 300; ++i) {  // one wrong passphrase in 256 passes the check of the padding
    ASSERT_EQ(refusal_of(old, cat("wrong", i)), "key_passphrase_wrong");
  }
  EXPECT_EQ(refusal_of(modern, "wrong"), "key_passphrase_wrong");
}

/// Returns an encrypted PKCS#8 with these parameters for deriving the key from the passphrase.
std::string encrypted_by(X509_ALGOR* algorithm) {
  const openssl::EncryptedKeyInfo sealed(X509_SIG_new());
  X509_ALGOR* its_algorithm = nullptr;
  ASN1_OCTET_STRING* bytes = nullptr;
  X509_SIG_getm(sealed.get(), &its_algorithm, &bytes);
  X509_ALGOR_copy(its_algorithm, algorithm);
  X509_ALGOR_free(algorithm);
  ASN1_OCTET_STRING_set(bytes, openssl::bytes("0123456789abcdef"), 16);
  unsigned char* out = nullptr;
  const int size = i2d_X509_SIG(sealed.get(), &out);
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return std::string(write_pem("ENCRYPTED PRIVATE KEY", der).reveal());
}

TEST(SigningKey, rejects_keys_whose_passphrase_would_take_hours) {
  constexpr int kHours = 2'000'000'000;
  EXPECT_EQ(refusal_of(encrypted_by(PKCS5_pbe2_set(EVP_aes_256_cbc(), kHours, nullptr, 0)), "word"), "key_unsupported");
  EXPECT_EQ(refusal_of(encrypted_by(PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, kHours, nullptr, 0)), "word"),
            "key_unsupported");
  EXPECT_EQ(refusal_of(encrypted_by(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, 1U << 14U, 8, 256)),
                       "word"),
            "key_unsupported");
  EXPECT_EQ(refusal_of(encrypted_by(PKCS5_pbe2_set(EVP_aes_256_cbc(), 2048, nullptr, 0)), "word"),
            "key_passphrase_wrong");
}

TEST(SigningKey, rejects_rsa_under_2048_bits) {
  const auto key = test::short_rsa();
  EXPECT_EQ(refusal_of(test::pkcs8_pem(key.get())), "key_too_short");
  EXPECT_EQ(refusal_of(test::traditional_pem(key.get())), "key_too_short");
  EXPECT_THROW((void)SigningKey::generate_rsa(1024), Error);
}

TEST(SigningKey, rejects_kinds_that_no_algorithm_uses) {
  for (const char* name : {"X25519", "ED448"}) {
    const openssl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, name));
    EXPECT_EQ(refusal_of(test::pkcs8_pem(key.get())), "key_unsupported") << name;
  }
  for (const char* curve : {"P-224", "secp256k1"}) {
    const openssl::Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    EXPECT_EQ(refusal_of(test::pkcs8_pem(key.get())), "key_unsupported") << curve;
  }
  EXPECT_EQ(
      refusal_of("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"),
      "key_unsupported");
}

/// Returns an element of DER, in which the length has three octets.
std::string der_element(char tag, std::string_view content) {
  std::string element{tag, '\x83'};
  for (const unsigned shift : {16U, 8U, 0U}) element += static_cast<char>(content.size() >> shift);
  return element.append(content);
}

TEST(SigningKey, rejects_a_dsa_key_of_any_length_at_once) {
  // OpenSSL would compute g^x mod p, with numbers of half a million bits.
  constexpr char kInteger = 2;
  constexpr char kOctets = 4;
  constexpr char kObject = 6;
  constexpr char kSequence = 0x30;
  const auto number = der_element(kInteger, std::string(60'000, '\x55'));
  const auto parameters = der_element(kSequence, number + number + der_element(kInteger, "\x03"));
  const auto dsa = der_element(kObject, "\x2a\x86\x48\xce\x38\x04\x01");
  const auto key = der_element(kSequence, der_element(kInteger, std::string(1, '\0')) +
                                              der_element(kSequence, dsa + parameters) + der_element(kOctets, number));
  EXPECT_EQ(test::code_of([&] { (void)SigningKey::from_der(Secret(key)); }), "key_unsupported");
}

TEST(SigningKey, rejects_other_text) {
  EXPECT_EQ(refusal_of("correct horse battery staple"), "invalid_key");
  EXPECT_EQ(refusal_of(""), "invalid_key");
  EXPECT_EQ(refusal_of("-----BEGIN PRIVATE KEY-----\n%%%%\n-----END PRIVATE KEY-----\n"), "invalid_key");
  EXPECT_EQ(refusal_of("-----BEGIN DH PARAMETERS-----\nMAYCAQMCAQI=\n-----END DH PARAMETERS-----\n"), "invalid_key");
}

TEST(SigningKey, rejects_a_key_with_damaged_numbers) {
  std::string bytes = test::traditional_der(test::evp(test::rsa_key()).get());
  for (const std::size_t at : {100U, 400U, 600U, 750U, 900U, 1000U, 1150U}) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_THROW((void)SigningKey::from_der(Secret(damaged)), Error) << at;
  }
}

TEST(SigningKey, never_quotes_the_text) {
  const std::string text = "my-very-secret-password";
  try {
    (void)SigningKey::from_pem(Secret(text));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.to_string(), Not(HasSubstr("very-secret")));
  }
}

TEST(SigningKey, rejects_random_bytes_as_der) {
  std::string bytes = test::der(test::rsa_key());
  for (std::size_t at = 0; at < 64; ++at) {
    for (const char value : {'\x00', '\x30', '\x7f', '\xff'}) {
      std::string damaged = bytes;
      damaged[at] = value;
      try {
        (void)SigningKey::from_der(Secret(damaged));
      } catch (const Error& error) {
        EXPECT_FALSE(error.code().empty());
      }
    }
  }
}

TEST(SigningKey, does_not_change_the_error_queue_of_openssl) {
  ERR_clear_error();
  EXPECT_THROW(
      (void)SigningKey::from_pem(Secret("-----BEGIN PRIVATE KEY-----\nMAYCAQMCAQI=\n-----END PRIVATE KEY-----\n")),
      Error);
  EXPECT_FALSE(test::rsa_key().public_key().verify(Algorithm::RS256, "input", std::string(256, 'x')));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(SigningKey, signs_on_many_threads_at_once) {
  const PublicKey public_key = test::rsa_key().public_key();
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&public_key, i] {
      for (int n = 0; n < 10; ++n) {
        const std::string input = cat(i, '/', n);
        EXPECT_TRUE(public_key.verify(Algorithm::RS256, input, test::rsa_key().sign(Algorithm::RS256, input)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(FirstSignature, is_equal_to_later_ones) {
  const auto key = test::evp(test::rsa_key());
  for (const auto algorithm : {Algorithm::RS256, Algorithm::RS384, Algorithm::RS512})
    EXPECT_EQ(sign_first(key.get(), algorithm, "input"), sign_with(key.get(), algorithm, "input"))
        << to_string(algorithm);
}

TEST(FirstSignature, is_made_only_with_pkcs1) {
  EXPECT_EQ(sign_first(test::evp(test::rsa_key()).get(), Algorithm::PS256, "input"), std::nullopt);
  EXPECT_EQ(sign_first(test::evp(test::p256_key()).get(), Algorithm::ES256, "input"), std::nullopt);
}

TEST(SigningKey, has_a_default_algorithm) {
  EXPECT_EQ(test::rsa_key().default_algorithm(), Algorithm::RS256);
  EXPECT_EQ(test::p256_key().default_algorithm(), Algorithm::ES256);
  EXPECT_EQ(test::p384_key().default_algorithm(), Algorithm::ES384);
  EXPECT_EQ(test::p521_key().default_algorithm(), Algorithm::ES512);
  EXPECT_EQ(test::ed25519_key().default_algorithm(), Algorithm::EdDSA);
  EXPECT_EQ(test::rsa_key().bits(), 2048);
}

TEST(Algorithm, is_neither_none_nor_symmetric) {
  for (const char* name : {"none", "None", "HS256", "rs256", "RS256 ", ""})
    EXPECT_FALSE(algorithm_from_string(name)) << name;
  EXPECT_EQ(algorithm_from_string("PS256"), Algorithm::PS256);
  EXPECT_EQ(to_string(Algorithm::EdDSA), "EdDSA");
}

TEST(PublicKey, reads_spki_pkcs1_and_certificates_to_the_same_key) {
  const PublicKey key = test::rsa_key().public_key();
  const auto evp = test::evp(test::rsa_key());
  const std::string pkcs1 = test::written([&](BIO* bio) {
    unsigned char* der = nullptr;
    const int size = i2d_PublicKey(evp.get(), &der);
    PEM_write_bio(bio, "RSA PUBLIC KEY", "", der, size);
    OPENSSL_free(der);
  });
  EXPECT_EQ(PublicKey::from_pem(key.to_pem()), key);
  EXPECT_EQ(PublicKey::from_pem(pkcs1), key);
  EXPECT_EQ(PublicKey::from_pem(test::certificate_pem(evp.get())), key);
  EXPECT_EQ(PublicKey::from_der(key.to_der()), key);
  EXPECT_EQ(PublicKey::from_der(test::certificate_der(evp.get())), key);
  EXPECT_FALSE(key == test::other_rsa_key().public_key());
  EXPECT_FALSE(key == test::p256_key().public_key());
}

TEST(PublicKey, rejects_private_short_and_cut_keys) {
  const auto code_of = [](const std::string& pem) {
    try {
      (void)PublicKey::from_pem(pem);
    } catch (const Error& error) {
      return error.code();
    }
    return std::string("none");
  };
  EXPECT_EQ(code_of(test::pem(test::rsa_key())), "invalid_key");
  EXPECT_EQ(code_of("password"), "invalid_key");
  const std::string pem = test::rsa_key().public_key().to_pem();
  EXPECT_EQ(code_of(pem.substr(0, 200)), "key_truncated");
  const auto short_key = test::short_rsa();
  EXPECT_EQ(code_of(test::written([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, short_key.get()); })), "key_too_short");
}

TEST(PublicKey, rejects_elliptic_signatures_with_zero_or_too_large_numbers) {
  const PublicKey key = test::p256_key().public_key();
  const std::string good = test::p256_key().sign(Algorithm::ES256, "input");
  EXPECT_FALSE(key.verify(Algorithm::ES256, "input", std::string(64, '\0')));
  EXPECT_FALSE(key.verify(Algorithm::ES256, "input", std::string(32, '\0') + good.substr(32)));
  EXPECT_FALSE(key.verify(Algorithm::ES256, "input", good.substr(0, 32) + std::string(32, '\0')));
  EXPECT_FALSE(key.verify(Algorithm::ES256, "input", std::string(64, '\xff')));
  EXPECT_FALSE(key.verify(Algorithm::ES256, "input", '\0' + good));
}

}  // namespace
}  // namespace adit::jwt
