#include "issuers/ims/token_answer.h"

#include <algorithm>
#include <cstdint>

#include "adit/error.h"
#include "adit/log.h"

#include "base/json/whole_number.h"
#include "base/text/text.h"
#include "issuers/ims/token_payload.h"
#include "issuers/ims/token_times.h"

namespace adit::ims {
namespace {

using std::chrono::milliseconds;

// Tokens of IMS live for a day. If seconds would be more than a month, the number is in milliseconds.
constexpr std::int64_t kImplausibleSeconds = 30LL * 24 * 3600;
// Much longer than any token's life; in nanoseconds, it is far from an overflow.
constexpr milliseconds kLongestLife = std::chrono::hours(24 * 365 * 10);
constexpr milliseconds kTolerance = std::chrono::minutes(1);

Error not_a_token(const AnswerForm& form, std::string_view what) {
  return Error::failure("invalid_response_body", cat(form.server, " answered ", what)).hint(form.hint);
}

// Returns the life by the token's own claims: the remaining life if the server's time is known, otherwise the whole
// one.
std::optional<milliseconds> claimed_life(const json::object& claims, const AnswerForm& form,
                                         std::optional<WallTime> server_now) {
  const auto times = read_token_times(claims);
  if (!times || times->life == milliseconds(0) || times->life > kLongestLife) return std::nullopt;
  if (!server_now) return times->life;
  const auto expiry = times->created_at + times->life;
  if (expiry <= *server_now) {
    throw not_a_token(form, cat("with a token that expired at ", to_rfc3339(expiry), ", by its own claims."));
  }
  // A token that was created later than the server's `Date` does not live longer for that.
  return std::min(times->life, expiry - *server_now);
}

std::optional<milliseconds> announced_life(const json::object& body, const AnswerForm& form) {
  const auto* member = body.if_contains("expires_in");
  if (member == nullptr || member->is_null()) return std::nullopt;
  const auto number = whole_number(member);
  if (!number || *number <= 0) throw not_a_token(form, "with an `expires_in` that is not a positive whole number.");
  const bool as_seconds = form.unit == LifeUnit::seconds && *number <= kImplausibleSeconds;
  if (form.unit == LifeUnit::seconds && !as_seconds) {
    log(LogLevel::debug,
        cat(form.server, " answered expires_in ", *number, ", too many for seconds; read as milliseconds"));
  }
  if (!as_seconds && *number > kLongestLife.count()) return kLongestLife;
  return as_seconds ? milliseconds(std::chrono::seconds(*number)) : milliseconds(*number);
}

milliseconds settle(const AnswerForm& form, std::optional<milliseconds> announced,
                    std::optional<milliseconds> claimed) {
  if (!announced && !claimed) {
    if (form.default_life) return *form.default_life;
    throw not_a_token(form, "with a token that has no `expires_in`.");
  }
  if (!claimed) return *announced;
  if (!announced) return *claimed;
  if (std::chrono::abs(*announced - *claimed) <= kTolerance) return std::min(*announced, *claimed);
  log(LogLevel::debug, cat(form.server, " announced a life of ", announced->count(), " ms, the token itself says ",
                           claimed->count(), " ms; the token's claims are used"));
  return *claimed;
}

}  // namespace

TokenAnswer read_token_answer(const json::object& body, const AnswerForm& form, std::optional<WallTime> server_now) {
  TokenAnswer answer;
  const auto token = string_member(body, "access_token");
  if (token.empty()) throw not_a_token(form, "without an `access_token`.");
  for (const unsigned char character : token) {
    // RFC 6750 section 2.1, b64token: other characters would break the Authorization header.
    if (character <= 0x20 || character >= 0x7f)
      throw not_a_token(form, "with an `access_token` that contains characters that no token has.");
  }
  answer.value = Secret(token);
  const auto type = string_member(body, "token_type");
  answer.type = type.empty() ? "bearer" : to_lower(type);
  // Not quoted: the server chose the text, and may echo a secret in it.
  if (answer.type != "bearer") throw not_a_token(form, "with a token whose `token_type` is not bearer.");

  // Not verified: IMS has just sent the token over TLS, and only its life and scopes are read.
  const auto claims = unverified_payload(token);
  answer.life =
      settle(form, announced_life(body, form), claims ? claimed_life(*claims, form, server_now) : std::nullopt);
  const auto scope = claims ? string_member(*claims, "scope") : std::string_view();
  // IMS separates scopes with commas, RFC 6749 section 3.3 with spaces.
  answer.scopes = split_list(replace_all(std::string(scope.empty() ? string_member(body, "scope") : scope), " ", ","));
  return answer;
}

}  // namespace adit::ims
