#pragma once

#include <string>

#include "adit/signing_key.h"

namespace adit::emulator {

/// The RSA key kept in `path` (PKCS#8 PEM, mode 0600), made there where it does not exist: making one takes longer than
/// an exchange. Several processes may do so at once and get the same key. A file that cannot be used costs a warning in
/// the log and a new key, in its place where that is possible. An empty path: a new key, kept nowhere. Throws Error
/// only `link_leaves_project`.
[[nodiscard]] jwt::SigningKey load_or_make_key(const std::string& path);

}  // namespace adit::emulator
