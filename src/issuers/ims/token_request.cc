#include "issuers/ims/token_request.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "issuers/ims/answer.h"

namespace adit::ims {
namespace {

using std::chrono::milliseconds;

/// Returns the server's clock minus ours, by the `Date` of an answer to a request that lasted from `begin` to `end`;
/// nullopt if there is no `Date`. It is truncated to whole seconds; half a second is added as the best estimate.
std::optional<milliseconds> skew_of(const http::Response& response, WallTime begin, WallTime end) {
  const auto date = response.date();
  if (!date) return std::nullopt;
  const auto server = WallTime(*date) + milliseconds(500);
  // If the time is within the duration of the request, there is no skew.
  if (server >= begin - std::chrono::seconds(2) && server <= end + std::chrono::seconds(2)) return milliseconds(0);
  return server - (begin + (end - begin) / 2);
}

}  // namespace

AccessToken request_token(const TokenRequest& request, http::Transport& transport, const Clock& clock,
                          std::atomic<std::int64_t>& skew_ms) {
  const trace::Stopwatch stopwatch;
  const auto begin = clock.wall_now();
  const auto begin_monotonic = clock.monotonic_now();
  auto bounded = request.request;
  bounded.max_response_bytes(kAnswerLimits.max_bytes).stop(request.stop);
  if (request.at_most) bounded.at_most(*request.at_most);
  const auto response = bounded.send(transport);
  const auto end = clock.wall_now();
  const auto skew = skew_of(response, begin, end);
  if (skew) skew_ms.store(skew->count(), std::memory_order_relaxed);

  const ClockState clocks{.now = end, .skew = skew.value_or(milliseconds(0)), .skew_used = request.skew_used};
  const auto parsed = response.ok() ? try_parse_json(response.body(), kAnswerLimits) : std::nullopt;
  const auto* body = parsed ? parsed->if_object() : nullptr;
  if (body == nullptr || body->contains("error")) throw request.refusal(response, clocks);

  // Without a Date, the server's time is unknown. Our wall clock is not used instead, because it may be wrong by years.
  const auto server_now = skew ? std::optional(begin + *skew) : std::nullopt;
  auto answer = read_token_answer(*body, request.form, server_now);
  AccessToken token{.value = std::move(answer.value),
                    .type = std::move(answer.type),
                    .expires_at = begin + answer.life,
                    .expires_at_monotonic = begin_monotonic + answer.life,
                    .life = answer.life,
                    .scopes = answer.scopes.empty() ? request.scopes : answer.scopes};
  if (trace::enabled()) {
    trace::report("token received", cat(request.grant_name, ", lives until ", to_rfc3339(token.expires_at)),
                  stopwatch.elapsed(), trace::StepKind::token_received);
  }
  return token;
}

}  // namespace adit::ims
