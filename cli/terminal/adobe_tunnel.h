#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adit/http.h"

namespace adit::cli {

/// An HTTP proxy on this machine that knows one method, CONNECT (RFC 9110 section 9.3.6). Connections to the hosts that
/// `routes` lead somewhere go there, all others where they want to. So a program in any language, which only has to
/// read HTTPS_PROXY, reaches the emulator under the names of Adobe's hosts. Serves from its making to its end.
class AdobeTunnel {
 public:
  /// `upstream` is the proxy for all other hosts (`http://[USER:PASSWORD@]HOST:PORT`); empty: none. Throws Error
  /// `listen_failed`, and `invalid_proxy` (configuration) for an `upstream` of another form.
  AdobeTunnel(http::Endpoints routes, const std::string& upstream);
  ~AdobeTunnel();
  AdobeTunnel(const AdobeTunnel&) = delete;
  AdobeTunnel& operator=(const AdobeTunnel&) = delete;

  /// `http://127.0.0.1:PORT`
  [[nodiscard]] std::string url() const;

 private:
  class Work;
  std::shared_ptr<Work> work_;
};

}  // namespace adit::cli
