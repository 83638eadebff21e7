#pragma once

#include "adit/credentials.h"

namespace adit {

/// As read_private_key(), but remembers the last few keys by their texts: an action gets its key again in each
/// activation, and OpenSSL takes half a millisecond to decode and check it. A key in a file is read each time, because
/// the file may have changed. Thread-safe.
[[nodiscard]] PrivateKey known_private_key(const Secret& text, const Secret& passphrase, const std::string& name,
                                           const std::string& folder);

}  // namespace adit
