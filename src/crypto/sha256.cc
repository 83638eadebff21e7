#include "crypto/sha256.h"

#include "adit/error.h"

namespace adit {
namespace {

void check(int result) {
  if (result != 1) throw Error::failure("hash_failed", "OpenSSL could not compute a SHA-256.");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ != nullptr ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

Sha256& Sha256::add(std::string_view text) {
  check(EVP_DigestUpdate(context_.get(), text.data(), text.size()));
  return *this;
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  return digest;
}

Sha256Digest sha256(std::string_view text) { return Sha256().add(text).finish(); }

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace adit
