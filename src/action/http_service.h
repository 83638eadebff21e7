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

/// The two routes of OpenWhisk's HTTP contract, `/init` and `/run` (http_contract.h says what they answer), and what
/// they share; the server in front of them is serve_http's.
class HttpService {
 public:
  /// Parameters are 1 MB at most on OpenWhisk; installations allow more.
  static constexpr std::size_t kMaxBody = 64U << 20U;

  /// `handler` outlives the service.
  HttpService(const Handler& handler, const HttpContract& contract);

  /// Called on one thread. The reply may come later, from another one.
  void answer(http::ServerRequest request, const http::Reply& reply);

  /// The log of so many activations is complete.
  void end_log(int activations) const;
  /// What may wait in stdio's buffers stays there. Async-signal-safe.
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
