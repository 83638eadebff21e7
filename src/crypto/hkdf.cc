#include "crypto/hkdf.h"

#include <array>

#include <openssl/kdf.h>

#include "adit/error.h"

#include "crypto/openssl.h"

namespace adit {
namespace {

const unsigned char* bytes(std::string_view text) { return jwt::openssl::bytes(text.data()); }

}  // namespace

Secret hkdf_sha256(const Secret& material, std::string_view salt, std::string_view info, std::size_t size) {
  const jwt::openssl::PkeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
  WipedString key;
  key.resize(size);
  std::size_t made = size;
  const auto secret = material.reveal();
  if (!context || EVP_PKEY_derive_init(context.get()) <= 0 ||
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_salt(context.get(), bytes(salt), static_cast<int>(salt.size())) <= 0 ||
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(secret), static_cast<int>(secret.size())) <= 0 ||
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes(info), static_cast<int>(info.size())) <= 0 ||
      EVP_PKEY_derive(context.get(), jwt::openssl::bytes(key.data()), &made) <= 0 || made != size) {
    throw Error::failure("key_derivation_failed", "OpenSSL could not derive a key.")
        .hint("Check that its configuration (openssl.cnf, FIPS provider) has HKDF with SHA-256.");
  }
  return Secret(std::string_view(key));
}

}  // namespace adit
