#include "crypto/rsa_key.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>

namespace adit::jwt {
namespace {

/// The integers of a DER SEQUENCE, which are the private key. They are wiped at the end.
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
  /// Returns nullptr if there is no element at this index, or it is not an INTEGER.
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

using KeyParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;

/// Writes DER (X.690) into a string that never grows beyond its capacity, so that no copy of a key stays in memory.
class DerWriter {
 public:
  static constexpr unsigned char kInteger = 0x02;
  static constexpr unsigned char kOctetString = 0x04;
  static constexpr unsigned char kSequence = 0x30;

  explicit DerWriter(std::size_t capacity) { text_.reserve(capacity); }

  /// The size of an element: tag, length and content.
  static std::size_t size_of(std::size_t content) { return 1 + length_octets(content) + content; }
  /// The size of an INTEGER's content. Its first bit is the sign, so that a number may need one octet more.
  static std::size_t content_of(const BIGNUM* number) { return static_cast<std::size_t>(BN_num_bits(number)) / 8 + 1; }

  void begin(unsigned char tag, std::size_t content) {
    text_.push_back(static_cast<char>(tag));
    const auto octets = length_octets(content);
    if (octets > 1) text_.push_back(static_cast<char>(0x80U | (octets - 1)));
    for (auto left = octets > 1 ? octets - 1 : 1; left-- > 0;)
      text_.push_back(static_cast<char>(content >> (8 * left)));
  }
  void write(const BIGNUM* number) {
    const auto size = content_of(number);
    begin(kInteger, size);
    text_.resize(text_.size() + size);
    BN_bn2binpad(number, openssl::bytes(text_.data() + text_.size() - size), static_cast<int>(size));
  }
  void write(std::string_view element) { text_.append(element); }
  Secret take() { return Secret::taken_from(text_); }

 private:
  static std::size_t length_octets(std::size_t content) {
    std::size_t octets = 1;
    if (content >= 0x80U)
      for (; content > 0; content >>= 8U) ++octets;
    return octets;
  }

  std::string text_;
};

}  // namespace

std::optional<Secret> rsa_key_to_der(const EVP_PKEY* key) {
  using namespace std::string_view_literals;
  constexpr auto kVersion = "\x02\x01\x00"sv;
  // rsaEncryption, with its parameters: NULL (RFC 8017 appendix A.1).
  constexpr auto kAlgorithm = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
  std::array<openssl::Number, kNumberNames.size()> numbers;
  auto size = kVersion.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, kNumberNames.at(i), &number) != 1) return std::nullopt;
    numbers.at(i).reset(number);
    size += DerWriter::size_of(DerWriter::content_of(number));
  }
  const auto rsa_key = DerWriter::size_of(size);
  const auto info = kVersion.size() + kAlgorithm.size() + DerWriter::size_of(rsa_key);
  DerWriter der(DerWriter::size_of(info));
  der.begin(DerWriter::kSequence, info);
  der.write(kVersion);
  der.write(kAlgorithm);
  der.begin(DerWriter::kOctetString, rsa_key);
  der.begin(DerWriter::kSequence, size);
  der.write(kVersion);
  for (const auto& number : numbers) der.write(number.get());
  return der.take();
}

openssl::Pkey rsa_key_from_der(std::string_view der) {
  const DerNumbers given(der);
  const auto version = given.at(0);
  if (!version || BN_is_zero(version.get()) == 0 || given.count() != 1 + static_cast<int>(kNumberNames.size()))
    return nullptr;
  const KeyParamsBuilder builder(OSSL_PARAM_BLD_new());
  std::vector<openssl::Number> numbers;  // OSSL_PARAM_BLD_to_param() copies them
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
