#pragma once

#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http_server.h"

namespace adit::emulator {

struct ThrowAwayTls {
  http::TlsIdentity identity;
  /// The CA's certificate: what a client has to trust.
  std::string ca_pem;
};

/// A new CA, whose key is forgotten at once, and a certificate of its for localhost, 127.0.0.1, ::1, Adobe's hosts that
/// the emulator stands in for, and `host`. Throws Error `invalid_certificate` for a `host` that no certificate can
/// name.
[[nodiscard]] ThrowAwayTls make_throw_away_tls(const std::string& host, const Clock& clock);

}  // namespace adit::emulator
