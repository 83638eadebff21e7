#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/secret/freed.h"

/// OpenSSL's objects as std::unique_ptr. Used only in src/crypto and src/jwt.
namespace adit::jwt::openssl {

using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Freed<BN_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using CertificateRequest = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using PrivateKeyInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedKeyInfo = std::unique_ptr<X509_SIG, Freed<X509_SIG_free>>;
using Pkcs12 = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;
using KeyParams = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

/// Removes at its end the entries that OpenSSL has added to this thread's error queue since its construction; earlier
/// ones stay. The next TLS call on the thread would treat a leftover entry as its own failure.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

inline const unsigned char* bytes(const char* text) { return reinterpret_cast<const unsigned char*>(text); }
inline unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

}  // namespace adit::jwt::openssl
