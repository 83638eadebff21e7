#pragma once

#include "adit/credentials.h"

namespace adit {

/// read_private_key(), remembering the keys that texts stood for: an action gets its key anew with each activation, and
/// decoding and checking one takes OpenSSL half a millisecond. The last few are kept, for the life of the process. A
/// key that a file holds is read again each time, as the file may have changed. Thread-safe.
[[nodiscard]] PrivateKey known_private_key(const Secret& text, const Secret& passphrase, const std::string& name,
                                           const std::string& folder);

}  // namespace adit
