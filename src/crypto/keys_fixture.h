#pragma once

#include <array>
#include <string>
#include <string_view>

#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/signing_key.h"

#include "crypto/key_handle.h"
#include "crypto/openssl.h"

/// For tests: one key of each kind, made when it is first used, and the formats in which OpenSSL writes it.
namespace adit::jwt::test {

/// Returns the code of the Error that `work` throws, or "none".
template <typename Work>
std::string code_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.hint().empty() ? "an error without a hint" : error.code();
  }
  return "none";
}

inline const SigningKey& rsa_key() {
  static const SigningKey key = SigningKey::generate_rsa(2048);
  return key;
}

inline const SigningKey& other_rsa_key() {
  static const SigningKey key = SigningKey::generate_rsa(2048);
  return key;
}

inline const SigningKey& p256_key() {
  static const SigningKey key = SigningKey::generate(KeyType::ec_p256);
  return key;
}

inline const SigningKey& p384_key() {
  static const SigningKey key = SigningKey::generate(KeyType::ec_p384);
  return key;
}

inline const SigningKey& p521_key() {
  static const SigningKey key = SigningKey::generate(KeyType::ec_p521);
  return key;
}

inline const SigningKey& ed25519_key() {
  static const SigningKey key = SigningKey::generate(KeyType::ed25519);
  return key;
}

/// HMAC with SHA-256 (RFC 7518 section 3.2). Only for the RFCs' examples; the library does not support it.
inline std::string hmac_sha256(std::string_view key, std::string_view text) {
  const auto bytes = base64url_decode(key).value();
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()), openssl::bytes(text.data()), text.size(),
       openssl::bytes(hash.data()), &size);
  hash.resize(size);
  return hash;
}

inline std::string pem(const SigningKey& key) { return std::string(key.to_pem().reveal()); }
inline std::string der(const SigningKey& key) { return std::string(key.to_der().reveal()); }

inline openssl::Pkey evp(const SigningKey& key) {
  const std::string text = pem(key);
  const openssl::Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return openssl::Pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

inline std::string contents(const openssl::Bio& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

template <typename Write>
std::string written(Write&& write) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  write(bio.get());
  return contents(bio);
}

/// Writes RSA PRIVATE KEY or EC PRIVATE KEY; with a passphrase, in the traditional encryption (RFC 1421).
inline std::string traditional_pem(const EVP_PKEY* key, std::string_view passphrase = {}) {
  const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
  return written([&](BIO* bio) {
    PEM_write_bio_PrivateKey_traditional(bio, key, cipher,
                                         openssl::bytes(passphrase.empty() ? nullptr : passphrase.data()),
                                         static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

inline std::string encrypted_pem(const EVP_PKEY* key, std::string_view passphrase) {
  return written([&](BIO* bio) {
    PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()),
                                  nullptr, nullptr);
  });
}

inline std::string encrypted_der(const EVP_PKEY* key, std::string_view passphrase) {
  return written([&](BIO* bio) {
    i2d_PKCS8PrivateKey_bio(bio, key, EVP_aes_256_cbc(), passphrase.data(), static_cast<int>(passphrase.size()),
                            nullptr, nullptr);
  });
}

/// Writes PKCS#1 or SEC1.
inline std::string traditional_der(const EVP_PKEY* key) {
  return written([&](BIO* bio) { i2d_PrivateKey_bio(bio, key); });
}

/// Writes PKCS#8, also of kinds that adit rejects.
inline std::string pkcs8_pem(const EVP_PKEY* key) {
  return written([&](BIO* bio) { PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

inline openssl::Pkey short_rsa() {
  return openssl::Pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
}

inline openssl::Certificate self_signed(EVP_PKEY* key) {
  openssl::Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256());
  return certificate;
}

inline std::string certificate_pem(EVP_PKEY* key) {
  const auto certificate = self_signed(key);
  return written([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); });
}

inline std::string certificate_der(EVP_PKEY* key) {
  const auto certificate = self_signed(key);
  return written([&](BIO* bio) { i2d_X509_bio(bio, certificate.get()); });
}

inline std::string request_pem(EVP_PKEY* key) {
  const openssl::CertificateRequest request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key);
  X509_REQ_sign(request.get(), key, EVP_sha256());
  return written([&](BIO* bio) { PEM_write_bio_X509_REQ(bio, request.get()); });
}

}  // namespace adit::jwt::test
