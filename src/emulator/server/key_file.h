#pragma once

#include <string>

#include "adit/signing_key.h"

namespace adit::emulator {

/// Reads the RSA key in the file `path` (PKCS#8 PEM, mode 0600). Generates it and writes the file if there is none,
/// because generating a key takes longer than an exchange. Several processes may do so at once and get the same key. If
/// the file cannot be used, logs a warning and returns a new key, which replaces the file if possible. An empty path
/// returns a new key that is not stored. Throws only Error `link_leaves_project`.
[[nodiscard]] jwt::SigningKey load_or_make_key(const std::string& path);

}  // namespace adit::emulator
