#include "crypto/first_signature.h"

#include <array>
#include <cstddef>

#include <openssl/provider.h>
#include <openssl/rsa.h>

#include "crypto/signature.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

bool is_pkcs1(Algorithm algorithm) {
  return algorithm == Algorithm::RS256 || algorithm == Algorithm::RS384 || algorithm == Algorithm::RS512;
}

// EVP cannot sign without blinding. These are the functions that OpenSSL's own provider calls.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

void free_rsa(RSA* rsa) { RSA_free(rsa); }

/// Signs with PKCS#1 v1.5. Returns an empty text if OpenSSL fails.
std::string sign_unblinded(EVP_PKEY* key, int digest, std::string_view hash) {
  // A copy of the key: the flag must not affect the key's later signatures.
  const std::unique_ptr<RSA, Freed<free_rsa>> rsa(EVP_PKEY_get1_RSA(key));
  if (!rsa) return {};
  RSA_set_flags(rsa.get(), RSA_FLAG_NO_BLINDING);
  std::string signature(static_cast<std::size_t>(RSA_size(rsa.get())), '\0');
  unsigned int size = 0;
  if (RSA_sign(digest, bytes(hash.data()), static_cast<unsigned int>(hash.size()), bytes(signature.data()), &size,
               rsa.get()) != 1)
    return {};
  signature.resize(size);
  return signature;
}

#pragma GCC diagnostic pop

bool is_in_default_provider(const EVP_PKEY* key) {
  const auto* const provider = EVP_PKEY_get0_provider(key);
  return provider != nullptr && std::string_view(OSSL_PROVIDER_get0_name(provider)) == "default";
}

}  // namespace

std::optional<std::string> sign_first(EVP_PKEY* key, Algorithm algorithm, std::string_view input) {
  if (!is_pkcs1(algorithm) || !is_in_default_provider(key)) return std::nullopt;
  const openssl::ErrorScope errors;
  const auto* const digest = digest_of(algorithm);
  std::array<char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(input.data(), input.size(), bytes(hash.data()), &size, digest, nullptr) != 1) return std::nullopt;
  auto signature = sign_unblinded(key, EVP_MD_get_type(digest), {hash.data(), size});
  return signature.empty() ? std::nullopt : std::optional(std::move(signature));
}

}  // namespace adit::jwt
