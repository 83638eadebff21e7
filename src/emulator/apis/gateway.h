#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adit/json.h"

#include "emulator/server/route.h"

namespace adit::emulator {

/// A refusal of Adobe's API gateway, which checks token, key and product profile before an API sees a request.
struct GatewayRefusal {
  int status;
  std::string_view error_code;
  std::string_view message;
  std::optional<std::chrono::seconds> retry_after{};
  /// For the emulator's log; empty: the message says it all.
  std::string reason{};
};

/// Why a request has no bearer token, for the emulator's log.
[[nodiscard]] std::string missing_token_reason(const http::ServerRequest& request);
[[nodiscard]] http::ServerResponse gateway_answer(const GatewayRefusal& refusal);
/// The claims of the caller's token, once the gateway has let the request pass. Throws GatewayRefusal.
[[nodiscard]] json::object pass_gateway(const Call& call);
/// Counts the call, and the refusal where it is one.
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
