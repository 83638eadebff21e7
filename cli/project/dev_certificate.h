#pragma once

#include <string>

#include "adit/http_server.h"

namespace adit::cli {

/// The certificate with which `adit dev` serves HTTPS.
struct DevCertificate {
  http::TlsIdentity identity;
  /// The file for `curl --cacert` and for the trust store of a browser or system; empty if it could not be written.
  std::string certificate_file;
  bool is_new = false;
};

/// Returns a certificate for localhost, 127.0.0.1, ::1 and `host`. It is made once per machine, with its own key, and
/// kept with mode 0600 in `adit/` below XDG_CACHE_HOME or ~/.cache. It is made again if it is about to expire, cannot
/// be read, or is not for `host`. If it cannot be kept, a warning says so, and it is used only by this command.
[[nodiscard]] DevCertificate dev_certificate(const std::string& host);

}  // namespace adit::cli
