#include "emulator/faults/fault_effects.h"

#include <optional>

#include "base/text/text.h"
#include "emulator/server/answer.h"
#include "http/http_date.h"

namespace adit::emulator {
namespace {

// Longer than any client waits, but not for ever.
constexpr std::chrono::milliseconds kLongStall = std::chrono::minutes(10);

http::ServerResponse error_page(int status) {
  return http::ServerResponse::text(
      status,
      "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>The proxy could not reach the server</h1></body></html>\n",
      "text/html; charset=utf-8");
}

/// An error in the form of Adobe's API gateway.
http::ServerResponse api_error_status(const ImsRefusal& refusal) {
  const auto code = refusal.status == 429 ? std::string("429050") : cat(refusal.status, "000");
  return json_answer(refusal.status, json::object{{"error_code", code}, {"message", refusal.description}});
}

http::ServerResponse error_status(const Fault& fault, Side side, WallTime now) {
  const int status = fault.status == 0 ? 503 : fault.status;
  auto refusal = ImsRefusal{status, "service_unavailable", "The service is temporarily unavailable"};
  if (status == 429) refusal = {status, "too_many_requests", "Rate limit exceeded"};
  if (status == 500) refusal = {status, "internal_error", "An internal error occurred"};
  auto answer = side == Side::api ? api_error_status(refusal) : ims_refusal(refusal);
  if (fault.retry_after) {
    const auto date = std::chrono::floor<std::chrono::seconds>(now) + *fault.retry_after;
    answer.headers.set("Retry-After", fault.retry_after_as_date ? http::format_http_date(date)
                                                                : std::to_string(fault.retry_after->count()));
  }
  return answer;
}

std::optional<http::ServerResponse> answer_instead(const Fault& fault, Side side, WallTime now) {
  if (fault.kind == Fault::Kind::reset) {
    auto answer = http::ServerResponse::text(200, {});
    answer.fault = http::ConnectionFault{.reset = true};
    return answer;
  }
  if (fault.kind == Fault::Kind::status) return error_status(fault, side, now);
  if (fault.kind == Fault::Kind::html) return error_page(fault.status == 0 ? 200 : fault.status);
  return std::nullopt;
}

void damage(http::ServerResponse& answer, const Fault& fault) {
  auto wire = answer.fault.value_or(http::ConnectionFault{});
  const auto middle = answer.body.size() / 2;
  switch (fault.kind) {
    case Fault::Kind::latency:
      wire.delay = fault.delay;
      break;
    case Fault::Kind::stall:
      wire.stall_after = middle;
      wire.stall_time = fault.delay == std::chrono::milliseconds(0) ? kLongStall : fault.delay;
      break;
    case Fault::Kind::cut:
      wire.cut_after = middle;
      break;
    case Fault::Kind::truncated:
      answer.body.resize(middle);
      break;
    case Fault::Kind::malformed:
      answer.body = "{\"token_type\":\"bearer\",\"access_token\":,\"expires_in\":}";
      break;
    default:
      return;
  }
  answer.fault = wire;
}

}  // namespace

http::ServerResponse answer_with_faults(const std::vector<Fault>& faults, Side side, WallTime now,
                                        const std::function<http::ServerResponse()>& endpoint) {
  std::optional<http::ServerResponse> answer;
  for (const auto& fault : faults) {
    if (!answer) answer = answer_instead(fault, side, now);
  }
  if (!answer) answer = endpoint();
  for (const auto& fault : faults) damage(*answer, fault);
  return std::move(*answer);
}

}  // namespace adit::emulator
