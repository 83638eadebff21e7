#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/clock.h"
#include "adit/base/json.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// In what `expires_in` of an endpoint counts: milliseconds at `/ims/exchange/jwt`, seconds at `/ims/token/v3`
/// (ims.md).
enum class LifeUnit { milliseconds, seconds };

/// What is known beforehand of a token answer.
struct AnswerForm {
  LifeUnit unit = LifeUnit::seconds;
  /// For messages.
  std::string server = "IMS";
  std::string_view settings = "ADIT_IMS and ADIT_ENDPOINTS";
  /// The life of a token whose answer does not say (RFC 6749 section 5.1 only recommends `expires_in`); nothing: such
  /// an answer is an error.
  std::optional<std::chrono::milliseconds> default_life{};
};

/// A token answer, read.
struct TokenAnswer {
  Secret value;
  std::string type;
  /// From the moment of `server_now` on.
  std::chrono::milliseconds life{0};
  /// From the token's claims or the answer; empty where neither says.
  std::vector<std::string> scopes;
};

/// Reads `{"access_token":…,"token_type":…,"expires_in":…}`. Where the access token is a JWT with IMS's `created_at`
/// and `expires_in` claims, they are the truth and `expires_in` only what is believed while it is within a minute of
/// them. `server_now` is the time by IMS's clock, where its answer told one. Throws Error `invalid_response_body`.
[[nodiscard]] TokenAnswer read_token_answer(const json::object& body, const AnswerForm& form,
                                            std::optional<WallTime> server_now);

}  // namespace adit::ims

#pragma GCC visibility pop
