#pragma once

#include <string>

#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit::http {

/// What a server shows itself with over TLS.
struct TlsIdentity {
  /// The server's own certificate first, then those of the CAs between it and the root.
  std::string certificate_chain_pem;
  /// PKCS #8, or the older forms that OpenSSL reads; without a passphrase.
  Secret private_key_pem;
};

}  // namespace adit::http

#pragma GCC visibility pop
