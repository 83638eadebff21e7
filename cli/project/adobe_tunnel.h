#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adit/http.h"

namespace adit::cli {

/// An HTTP proxy on this machine for one method, CONNECT (RFC 9110 section 9.3.6). It connects hosts in `routes` to
/// their routes, and all others to themselves. So a program in any language that reads HTTPS_PROXY reaches the emulator
/// under the names of Adobe's hosts. Serves from its construction to its destruction.
class AdobeTunnel {
 public:
  /// `upstream` is the proxy for all other hosts (`http://[USER:PASSWORD@]HOST:PORT`), or empty. Throws Error
  /// `listen_failed`, and `invalid_proxy` (configuration) if `upstream` has another form.
  AdobeTunnel(http::Endpoints routes, const std::string& upstream);
  ~AdobeTunnel();
  AdobeTunnel(const AdobeTunnel&) = delete;
  AdobeTunnel& operator=(const AdobeTunnel&) = delete;

  /// Returns `http://127.0.0.1:PORT`.
  [[nodiscard]] std::string url() const;

 private:
  class Work;
  std::shared_ptr<Work> work_;
};

}  // namespace adit::cli
