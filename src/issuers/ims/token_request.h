#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/ims.h"

#include "issuers/ims/token_answer.h"

namespace adit::ims {

/// The time, and the difference between IMS's clock and ours, measured with one answer.
struct ClockState {
  WallTime now;
  /// IMS's clock minus ours; 0 if it is unknown or small.
  std::chrono::milliseconds skew{0};
  /// The skew that the assertion was made with.
  std::chrono::milliseconds skew_used{0};
};

/// A request for a token, with any grant.
struct TokenRequest {
  http::Request request;
  AnswerForm form = AnswerForm();
  /// For messages: "JWT exchange".
  std::string grant_name{};
  /// The scopes requested. The token has these if the answer names none.
  std::vector<std::string> scopes{};
  std::chrono::milliseconds skew_used{0};
  /// Limits the time of the exchange, if the transport's own limit is longer.
  std::optional<std::chrono::milliseconds> at_most{};
  /// Ends the exchange with Error `cancelled` when a stop is requested.
  std::stop_token stop{};
  /// Makes the Error for an answer without a token.
  std::function<Error(const http::Response&, const ClockState&)> refusal{};
};

/// Sends the request, once. Throws what `refusal` returns if the answer has no token, `request_failed`, or
/// `invalid_response_body`. Stores the clock skew in `skew_ms`, if the answer has a `Date`, even if it is an error.
[[nodiscard]] AccessToken request_token(const TokenRequest& request, http::Transport& transport, const Clock& clock,
                                        std::atomic<std::int64_t>& skew_ms);

}  // namespace adit::ims
