#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"
#include "adit/secret.h"

namespace adit::ims {

/// The unit of an endpoint's `expires_in`: milliseconds at `/ims/exchange/jwt`, seconds at `/ims/token/v3`
/// (docs/protocols/ims.md).
enum class LifeUnit { milliseconds, seconds };

/// The form of an endpoint's token answers.
struct AnswerForm {
  LifeUnit unit = LifeUnit::seconds;
  /// The server, as messages call it.
  std::string server = "IMS";
  /// What to do if the answer does not have this form.
  std::string hint = "Is this really IMS? Check the values of ADIT_IMS and ADIT_ENDPOINTS.";
  /// The life of a token whose answer has no `expires_in`, which RFC 6749 section 5.1 only recommends. nullopt: such an
  /// answer is an error.
  std::optional<std::chrono::milliseconds> default_life{};
};

/// The contents of a token answer.
struct TokenAnswer {
  Secret value;
  std::string type;
  /// Counted from `server_now`.
  std::chrono::milliseconds life{0};
  /// From the token's claims or from the answer; empty if neither has scopes.
  std::vector<std::string> scopes;
};

/// Reads `{"access_token":…,"token_type":…,"expires_in":…}`. If the access token is a JWT with IMS's claims
/// `created_at` and `expires_in`, its life is that of the claims, or the answer's `expires_in` if that is shorter by a
/// minute at most. `server_now` is the time by IMS's clock, if the answer had a `Date`. Throws Error
/// `invalid_response_body`.
[[nodiscard]] TokenAnswer read_token_answer(const json::object& body, const AnswerForm& form,
                                            std::optional<WallTime> server_now);

}  // namespace adit::ims
