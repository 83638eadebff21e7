#pragma once

#include <memory>
#include <optional>

#include "adit/http.h"

namespace adit::http {

/// Performs single exchanges with libcurl, without redirects and routes. Keeps connections between exchanges.
/// Thread-safe.
class Transfers {
 public:
  explicit Transfers(const ClientOptions& options);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  struct Terms {
    const Streaming& streaming;
    /// Without a deadline the exchange may take any time, as long as bytes move.
    std::optional<MonotonicTime> deadline;
    /// The caller follows redirects, so the body of a redirect does not go to the sink.
    bool follows_redirects = false;
  };
  /// Sends `request` to `url` instead of its own URL.
  Response perform(const Request& request, const UrlParts& url, const Terms& terms);

 private:
  class Context;
  class BorrowedConnection;
  std::unique_ptr<Context> context_;
};

}  // namespace adit::http
