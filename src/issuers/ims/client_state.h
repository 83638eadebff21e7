#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/secret.h"

namespace adit::ims {

struct Client::State {
  [[nodiscard]] std::chrono::milliseconds clock_skew() const {
    return std::chrono::milliseconds(skew_ms.load(std::memory_order_relaxed));
  }
  /// IMS's time.
  [[nodiscard]] WallTime server_now() const { return clock.wall_now() + clock_skew(); }
  /// Sends a request and returns the JSON of its response. `what` names the request in messages; `secrets` are removed
  /// from them.
  json::value call(http::Request request, std::string what, std::vector<const Secret*> secrets,
                   const JsonLimits& limits);

  Ims ims;
  http::Transport& transport;
  const Clock& clock;
  std::atomic<std::int64_t> skew_ms{0};
};

}  // namespace adit::ims
