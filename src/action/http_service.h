#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "adit/action.h"
#include "adit/http_server.h"
#include "adit/json.h"

#include "action/http_contract.h"
#include "action/runners.h"
#include "http/server/local_access.h"

namespace adit {

/// Answers the two routes of OpenWhisk's HTTP contract, `/init` and `/run` (described in http_contract.h). serve_http()
/// runs the server.
class HttpService {
 public:
  /// OpenWhisk's default limit for parameters is 1 MB; installations may allow more.
  static constexpr std::size_t kMaxBody = 64U << 20U;

  /// `handler` must outlive the service.
  HttpService(const Handler& handler, const HttpContract& contract);

  /// Call it on one thread. The reply may come later, from another thread.
  void answer(http::ServerRequest request, const http::Reply& reply);

  /// Flushes the log and writes the sentinels of this many activations.
  void end_log(int activations) const;
  /// Writes the sentinels without flushing stdio's buffers. Async-signal-safe.
  void end_raw_log(int activations) const noexcept;

  [[nodiscard]] const Runners& runners() const { return runners_; }

 private:
  http::ServerResponse initialise(const std::optional<json::object>& message);
  void run(std::optional<json::object> message, std::function<void(http::ServerResponse)> then);

  const Handler& handler_;
  bool sentinels_;
  bool checks_pages_;
  http::LocalAccess access_;
  bool one_at_a_time_;
  bool initialised_ = false;
  bool environment_set_ = false;
  Runners runners_;
};

}  // namespace adit
