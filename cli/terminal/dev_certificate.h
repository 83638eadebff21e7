#pragma once

#include <string>

#include "adit/http_server.h"

namespace adit::cli {

/// The certificate that `adit dev` serves HTTPS with.
struct DevCertificate {
  http::TlsIdentity identity;
  /// For `curl --cacert` and a browser's or system's trust store; empty if it could not be kept.
  std::string certificate_file;
  bool is_new = false;
};

/// Made once, for localhost, 127.0.0.1, ::1 and `host`, with a key of its own that no other machine has, and kept with
/// mode 0600 below XDG_CACHE_HOME or ~/.cache, in `adit/`. Made again where it is about to end, cannot be read, or is
/// not for `host`. If it cannot be kept, a warning says so, and it lives as long as the command.
[[nodiscard]] DevCertificate dev_certificate(const std::string& host);

}  // namespace adit::cli
