#include <array>
#include <atomic>

#include <openssl/rsa.h>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text.h"
#include "crypto/key_handle.h"
#include "crypto/signature.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

bool is_rsa(Algorithm algorithm) {
  return algorithm == Algorithm::RS256 || algorithm == Algorithm::RS384 || algorithm == Algorithm::RS512 ||
         is_pss(algorithm);
}

bool set_up(EVP_PKEY_CTX* context, Algorithm algorithm, const EVP_MD* digest) {
  if (context == nullptr || EVP_PKEY_verify_init(context) != 1) return false;
  if (is_rsa(algorithm)) {
    const bool pss = is_pss(algorithm);
    if (EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) <= 0) return false;
    if (EVP_PKEY_CTX_set_signature_md(context, digest) <= 0) return false;
    return !pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
  }
  return EVP_PKEY_CTX_set_signature_md(context, digest) > 0;
}

}  // namespace

/// Contexts that are not in use. One serves one thread at a time; a thread that finds none makes one, and one for which
/// no place is free goes.
struct PreparedKey::Contexts {
  std::array<std::atomic<EVP_PKEY_CTX*>, 16> idle{};

  Contexts() = default;
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
  ~Contexts() {
    for (auto& place : idle) EVP_PKEY_CTX_free(place.load());
  }
  EVP_PKEY_CTX* take() {
    for (auto& place : idle) {
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (auto* context = place.exchange(nullptr, std::memory_order_acquire)) return context;
    }
    return nullptr;
  }
  void give_back(openssl::PkeyContext context) {
    for (auto& place : idle) {
      EVP_PKEY_CTX* expected = nullptr;
      if (place.compare_exchange_strong(expected, context.get(), std::memory_order_release,
                                        std::memory_order_relaxed)) {
        (void)context.release();
        return;
      }
    }
  }
};

PreparedKey::PreparedKey(PublicKey key, Algorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm), contexts_(std::make_unique<Contexts>()) {
  if (!key_.can_use(algorithm))
    throw Error::failure("invalid_key", cat("The key is not one for ", to_string(algorithm), "."))
        .hint("Give the algorithm that the key's kind and size allow.");
}

PreparedKey::~PreparedKey() = default;

bool PreparedKey::verify(std::string_view signing_input, std::string_view signature) const {
  const auto* const digest = digest_of(algorithm_);
  if (digest == nullptr) return key_.verify(algorithm_, signing_input, signature);  // Ed25519 is no two-step signature
  const openssl::ErrorScope errors;
  std::optional<std::string> der;
  if (!is_rsa(algorithm_)) {
    der = ecdsa_to_der(signature, ecdsa_octets(algorithm_));
    if (!der) return false;
    signature = *der;
  } else if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key_.handle().key.get()))) {
    return false;  // as in verify_with
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(signing_input.data(), signing_input.size(), hash.data(), &size, digest, nullptr) != 1) return false;
  openssl::PkeyContext context(contexts_->take());
  if (!context) {
    context.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.handle().key.get(), nullptr));
    if (!set_up(context.get(), algorithm_, digest)) return false;
  }
  const bool right = EVP_PKEY_verify(context.get(), bytes(signature.data()), signature.size(), hash.data(), size) == 1;
  contexts_->give_back(std::move(context));
  return right;
}

}  // namespace adit::jwt
