#include "token/store/sealed_record.h"

#include <array>
#include <memory>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "crypto/hkdf.h"
#include "crypto/sha256.h"

namespace adit::token {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
/// The first byte of a record: the version of its format.
constexpr char kSealedForm = '\1';

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

[[noreturn]] void fail() {
  throw Error::failure("seal_failed", "OpenSSL could not encrypt the token for the store.")
      .hint("Check that its configuration (openssl.cnf, FIPS provider) has AES-256-GCM.");
}

}  // namespace

RecordSeal::RecordSeal(const Credentials& credentials, std::string_view issuer) {
  const auto identity = cat(credentials.fingerprint(), '\0', issuer);
  name_ = base64url_encode(bytes_of(sha256(cat("adit token name 1", '\0', identity))));
  const auto* jwt = credentials.jwt();
  key_ = hkdf_sha256(jwt != nullptr ? jwt->private_key.to_der() : credentials.client_secret(),
                     bytes_of(sha256(identity)), "adit token record 1", kKeySize);
}

std::string RecordSeal::bound(std::uint64_t fence) const { return cat(name_, ' ', fence); }

std::string RecordSeal::seal(const Secret& plain, std::uint64_t fence) const {
  const auto text = plain.reveal();
  std::string sealed(1 + kNonceSize + text.size() + kTagSize, '\0');
  sealed[0] = kSealedForm;
  auto* nonce = bytes(sealed) + 1;
  auto* cipher = nonce + kNonceSize;
  auto* tag = cipher + text.size();
  const auto context = Context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const auto also = bound(fence);
  int size = 0;
  if (!context || RAND_bytes(nonce, kNonceSize) != 1 ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), nonce) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(also), static_cast<int>(also.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), cipher, &size, bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), tag, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag) != 1) {
    fail();
  }
  return sealed;
}

std::optional<Secret> RecordSeal::open(std::string_view sealed, std::uint64_t fence) const {
  if (sealed.size() < 1 + kNonceSize + kTagSize || sealed.size() > (1U << 20U) || sealed[0] != kSealedForm)
    return std::nullopt;
  const auto nonce = sealed.substr(1, kNonceSize);
  const auto cipher = sealed.substr(1 + kNonceSize, sealed.size() - 1 - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plain(cipher.size(), '\0');
  const auto context = Context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const auto also = bound(fence);
  int size = 0;
  const bool whole =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key_.reveal()), bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(also), static_cast<int>(also.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes(plain), &size, bytes(cipher), static_cast<int>(cipher.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, bytes(tag)) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes(plain) + plain.size(), &size) == 1;
  std::optional<Secret> opened;
  if (whole) opened.emplace(plain);
  wipe(plain.data(), plain.size());
  return opened;
}

}  // namespace adit::token
