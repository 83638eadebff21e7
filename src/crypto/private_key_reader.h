#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#include "crypto/openssl.h"
#include "crypto/pem.h"

namespace adit::jwt {

/// Thrown if a text is not a private key that adit can use. A caller that knows the key's name makes an Error of it.
struct UnusableKey : std::exception {
  UnusableKey(std::string its_code, std::string_view its_words, std::string its_hint)
      : code(std::move(its_code)), words(its_words), hint(std::move(its_hint)) {}

  /// One of the codes of SigningKey::from_pem().
  std::string code;
  /// The message without its subject: "is cut off: its end is missing."
  std::string words;
  std::string hint;
};

/// What SigningKey's messages call a key; it does not know which setting the key is from.
inline constexpr std::string_view kPrivateKeySubject = "The private key";

/// Returns the Error (configuration) about the key that messages call `subject`.
[[nodiscard]] Error to_error(const UnusableKey& refusal, std::string_view subject);

// The functions below throw UnusableKey.

/// Decodes a private key and checks it.
[[nodiscard]] SigningKey signing_key_from_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase);
[[nodiscard]] SigningKey signing_key_from_der(std::string_view der, const Secret& passphrase);

/// Decodes a private key without checking it.
[[nodiscard]] openssl::Pkey decode_private_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase);
[[nodiscard]] openssl::Pkey decode_private_der(std::string_view der, const Secret& passphrase);

}  // namespace adit::jwt
