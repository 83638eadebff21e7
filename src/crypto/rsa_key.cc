#include "crypto/rsa_key.h"

#include <array>
#include <memory>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>

namespace adit::jwt {
namespace {

/// The integers of a DER SEQUENCE, wiped in the end: these are the key.
class DerNumbers {
 public:
  explicit DerNumbers(std::string_view der) {
    const auto* at = openssl::bytes(der.data());
    const auto* const end = at + der.size();
    parts_ = d2i_ASN1_SEQUENCE_ANY(nullptr, &at, static_cast<long>(der.size()));
    if (at != end) clear();
  }
  DerNumbers(const DerNumbers&) = delete;
  DerNumbers& operator=(const DerNumbers&) = delete;
  ~DerNumbers() { clear(); }

  [[nodiscard]] int count() const { return sk_ASN1_TYPE_num(parts_); }
  /// Nothing where there is none, or something else.
  [[nodiscard]] openssl::Number at(int index) const {
    const auto* part = sk_ASN1_TYPE_value(parts_, index);
    if (part == nullptr || part->type != V_ASN1_INTEGER) return nullptr;
    openssl::Number number(BN_secure_new());
    if (number && ASN1_INTEGER_to_BN(part->value.integer, number.get()) == nullptr) return nullptr;
    return number;
  }

 private:
  void clear() {
    for (int i = 0; i < count(); ++i) {
      const auto* part = sk_ASN1_TYPE_value(parts_, i);
      if (part->type != V_ASN1_INTEGER) continue;
      OPENSSL_cleanse(const_cast<unsigned char*>(ASN1_STRING_get0_data(part->value.integer)),
                      static_cast<std::size_t>(ASN1_STRING_length(part->value.integer)));
    }
    sk_ASN1_TYPE_pop_free(parts_, &ASN1_TYPE_free);
    parts_ = nullptr;
  }

  ASN1_SEQUENCE_ANY* parts_ = nullptr;
};

constexpr std::array kNumberNames = {OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                                     OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                                     OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                     OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

using KeyParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freed<OSSL_PARAM_BLD_free>>;

}  // namespace

openssl::Pkey rsa_key_from_der(std::string_view der) {
  const DerNumbers given(der);
  const auto version = given.at(0);
  if (!version || BN_is_zero(version.get()) == 0 || given.count() != 1 + static_cast<int>(kNumberNames.size()))
    return nullptr;
  const KeyParamsBuilder builder(OSSL_PARAM_BLD_new());
  std::vector<openssl::Number> numbers;  // until they are copied
  for (std::size_t i = 0; i < kNumberNames.size(); ++i) {
    auto number = given.at(static_cast<int>(i) + 1);
    if (!number || BN_is_negative(number.get()) == 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), kNumberNames.at(i), number.get()) != 1)
      return nullptr;
    numbers.push_back(std::move(number));
  }
  const openssl::KeyParams params(OSSL_PARAM_BLD_to_param(builder.get()));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1)
    return nullptr;
  return openssl::Pkey(key);
}

}  // namespace adit::jwt
