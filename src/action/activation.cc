#include <algorithm>
#include <charconv>
#include <cstdint>

#include "adit/action.h"

namespace adit {
namespace {

WallTime deadline_of(const boost::json::value* value) {
  if (value == nullptr) return WallTime::max();
  std::int64_t milliseconds = 0;
  if (const auto* number = value->if_int64()) {
    milliseconds = *number;
  } else if (const auto* text = value->if_string()) {
    // OpenWhisk sends it as a string.
    const auto end = text->data() + text->size();
    if (std::from_chars(text->data(), end, milliseconds).ptr != end) return WallTime::max();
  }
  return milliseconds > 0 ? WallTime(std::chrono::milliseconds(milliseconds)) : WallTime::max();
}

}  // namespace

std::chrono::milliseconds Activation::time_left(const Clock& clock) const noexcept {
  // Limited, so that callers can add the time that is left to a clock that counts nanoseconds.
  constexpr std::chrono::milliseconds kMaxTime = std::chrono::hours(24);
  const auto now = clock.wall_now();
  if (deadline <= now) return std::chrono::milliseconds(0);
  return deadline - kMaxTime > now ? kMaxTime : deadline - now;
}

Activation Activation::from_message(const boost::json::object& message) {
  Activation activation;
  activation.id = string_member(message, "activation_id");
  activation.action_name = string_member(message, "action_name");
  activation.action_version = string_member(message, "action_version");
  activation.name_space = string_member(message, "namespace");
  activation.transaction_id = string_member(message, "transaction_id");
  activation.api_host = string_member(message, "api_host");
  activation.api_key = Secret(string_member(message, "api_key"));
  activation.deadline = deadline_of(message.if_contains("deadline"));
  return activation;
}

}  // namespace adit
