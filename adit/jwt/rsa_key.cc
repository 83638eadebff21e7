#include "adit/jwt/rsa_key.h"

#include <array>
#include <memory>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>

namespace adit::jwt {
namespace {

/// Wiped in the end: these are the key.
struct Parts {
  explicit Parts(std::string_view der) {
    const auto* at = openssl::bytes(der.data());
    const auto* const end = at + der.size();
    parts = d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size()));
    if (at != end) clear();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() { clear(); }

  void clear() {
    for (int i = 0; i < sk_ASN1_TYPE_num(parts); ++i) {
      const auto* part = sk_ASN1_TYPE_value(parts, i);
      if (part->type != V_ASN1_INTEGER) continue;
      OPENSSL_cleanse(const_cast<unsigned char*>(ASN1_STRING_get0_data(part->value.integer)),
                      static_cast<std::size_t>(ASN1_STRING_length(part->value.integer)));
    }
    sk_ASN1_TYPE_pop_free(parts, &ASN1_TYPE_free);
    parts = nullptr;
  }

  [[nodiscard]] openssl::Number number(int at) const {
    const auto* part = sk_ASN1_TYPE_value(parts, at);
    if (part == nullptr || part->type != V_ASN1_INTEGER) return nullptr;
    openssl::Number number(BN_secure_new());
    if (number && ASN1_INTEGER_to_BN(part->value.integer, number.get()) == nullptr) return nullptr;
    return number;
  }

  ASN1_SEQUENCE_ANY* parts = nullptr;
};

constexpr std::array kNames = {OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                               OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                               OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                               OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, openssl::Freed<OSSL_PARAM_free>>;

}  // namespace

openssl::Pkey rsa_key_from_der(std::string_view der) {
  const Parts parts(der);
  const auto version = parts.number(0);
  if (!version || BN_is_zero(version.get()) == 0 ||
      sk_ASN1_TYPE_num(parts.parts) != 1 + static_cast<int>(kNames.size()))
    return nullptr;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  std::vector<openssl::Number> numbers;  // until they are copied
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    auto number = parts.number(static_cast<int>(i) + 1);
    if (!number || BN_is_negative(number.get()) == 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), kNames.at(i), number.get()) != 1)
      return nullptr;
    numbers.push_back(std::move(number));
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1)
    return nullptr;
  return openssl::Pkey(key);
}

}  // namespace adit::jwt
