#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adit/json.h"

#include "emulator/server/route.h"

namespace adit::emulator {

/// A refusal by Adobe's API gateway, which checks the token, the key and the product profile of each request to an API.
struct GatewayRefusal {
  int status;
  std::string_view error_code;
  std::string_view message;
  std::optional<std::chrono::seconds> retry_after{};
  /// More than the message says, for the emulator's log. May be empty.
  std::string reason{};
};

/// Why a request has no bearer token, for the emulator's log.
[[nodiscard]] std::string missing_token_reason(const http::ServerRequest& request);
[[nodiscard]] http::ServerResponse gateway_answer(const GatewayRefusal& refusal);
/// Checks the request as the gateway does and returns the claims of its token. Throws GatewayRefusal.
[[nodiscard]] json::object pass_gateway(const Call& call);
/// Counts the call as accepted or refused.
void count_api_call(const Call& call, bool refused);

template <typename Answer>
http::ServerResponse behind_gateway(const Call& call, const Answer& answer) {
  try {
    count_api_call(call, false);
    return answer(pass_gateway(call));
  } catch (const GatewayRefusal& refusal) {
    count_api_call(call, true);
    call.notes.error = refusal.error_code;
    call.notes.reason = refusal.reason.empty() ? std::string(refusal.message) : refusal.reason;
    return gateway_answer(refusal);
  }
}

}  // namespace adit::emulator
