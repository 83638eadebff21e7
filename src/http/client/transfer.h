#pragma once

#include <memory>
#include <optional>

#include "adit/http.h"

namespace adit::http {

/// Single exchanges on libcurl, without redirects and routes, over connections that are kept between them. Thread-safe.
class Transfers {
 public:
  explicit Transfers(const ClientOptions& options);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  struct Terms {
    const Streaming& streaming;
    /// None: the exchange may take as long as bytes move.
    std::optional<MonotonicTime> deadline;
    /// The caller follows redirects: they are not what the sink is for.
    bool follows_redirects = false;
  };
  /// Sends `request` to `url` instead of its own URL.
  Response perform(const Request& request, const UrlParts& url, const Terms& terms);

 private:
  class Pool;
  class Lease;
  std::unique_ptr<Pool> pool_;
};

}  // namespace adit::http
