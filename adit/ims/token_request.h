#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adit/base/clock.h"
#include "adit/http/message.h"
#include "adit/ims/refusal.h"
#include "adit/ims/token_answer.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// An access token as a server issued it.
struct AccessToken {
  Secret value;
  std::string type = "bearer";
  /// By this machine's clocks: the local time of the request plus the life that the server gave, so that a skewed wall
  /// clock does no harm.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  std::chrono::milliseconds life{0};
  std::vector<std::string> scopes;
};

/// A request for a token, whatever the grant.
struct TokenRequest {
  http::Request request;
  AnswerForm form{};
  /// "JWT exchange"
  std::string grant_name{};
  /// Asked for; what the token has where the answer does not say.
  std::vector<std::string> scopes{};
  std::chrono::milliseconds skew_used{0};
  /// For the exchange, where the transport would take longer.
  std::optional<std::chrono::milliseconds> at_most{};
  std::function<Error(const http::Response&, const ClockState&)> refusal{};
};

/// Sends it, once. Throws what `refusal` makes of an answer without token, `request_failed`, or
/// `invalid_response_body`. `learn_skew` hears of the skew also where the answer is a refusal.
[[nodiscard]] AccessToken request_token(const TokenRequest& request, http::Transport& transport, const Clock& clock,
                                        const std::function<void(std::chrono::milliseconds)>& learn_skew);

}  // namespace adit::ims

#pragma GCC visibility pop
