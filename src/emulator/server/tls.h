#pragma once

#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http_server.h"

namespace adit::emulator {

struct ThrowAwayTls {
  http::TlsIdentity identity;
  /// The certificate of the CA, which clients must trust.
  std::string ca_pem;
};

/// Makes a new CA and a certificate that it signs, for localhost, 127.0.0.1, ::1, the hosts of Adobe that the emulator
/// replaces, and `host`. The CA's key is not kept. Throws Error `invalid_certificate` if a certificate cannot contain
/// `host`.
[[nodiscard]] ThrowAwayTls make_throw_away_tls(const std::string& host, const Clock& clock);

}  // namespace adit::emulator
