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

/// Why a text is not a private key that adit can use. Whoever knows what the key is called makes an Error of it.
struct KeyRefusal : std::exception {
  KeyRefusal(std::string its_code, std::string_view its_words, std::string its_hint)
      : code(std::move(its_code)), words(its_words), hint(std::move(its_hint)) {}

  /// One of SigningKey::from_pem's.
  std::string code;
  /// What is said of the key, behind its name: "is cut off: its end is missing."
  std::string words;
  std::string hint;
};

/// The Error (configuration) about the key that is called `subject`.
[[nodiscard]] Error to_error(const KeyRefusal& refusal, std::string_view subject);

/// The last two steps of reading a private key: decode, and check. They throw KeyRefusal.
[[nodiscard]] SigningKey signing_key_from_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase);
[[nodiscard]] SigningKey signing_key_from_der(std::string_view der, const Secret& passphrase);

/// Decoding alone, and checking alone.
[[nodiscard]] openssl::Pkey decode_private_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase);
[[nodiscard]] openssl::Pkey decode_private_der(std::string_view der, const Secret& passphrase);

}  // namespace adit::jwt
