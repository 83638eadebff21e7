#pragma once

#include <string>

#include "adit/base/secret.h"
#include "adit/jwt/signing_key.h"

#pragma GCC visibility push(default)

namespace adit {

/// A private key as it was found, and what it was found to be.
struct PrivateKey {
  jwt::SigningKey key;
  /// For people: "PKCS#8 PEM in base64, wrapped", "PKCS#1 PEM on one line with \n", "file keys/private.key: PKCS#8
  /// PEM", …
  std::string shape;
};

/// Reads a private key in every shape in which it reaches `.env`: PEM (real line ends, literal `\n`, blanks for line
/// ends), base64 or base64url of PEM or DER (on one line, wrapped, with CRLF, a byte-order mark or stray blanks, in
/// certutil's CERTIFICATE armour), PKCS#8, PKCS#1 or encrypted, or the path of a file that holds any of these. `name`
/// is what messages call it (`JWT_PRIVATE_KEY`); relative paths are below `folder`. Throws Error (configuration), its
/// code and hint saying what the text looks like and what to do; the text itself is never quoted.
[[nodiscard]] PrivateKey read_private_key(const Secret& text, const Secret& passphrase = {},
                                          const std::string& name = "JWT_PRIVATE_KEY", const std::string& folder = ".",
                                          const std::string& passphrase_name = {});

}  // namespace adit

#pragma GCC visibility pop
