#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adit/json.h"
#include "adit/secret.h"

namespace adit::dev {

/// IMS's judgement of a token. Throws Error where IMS gave none.
struct TokenValidity {
  bool valid = false;
  /// IMS's word where it is not: `expired`, …; may be empty.
  std::string reason{};
};
using ValidateToken = std::function<TokenValidity(const Secret& token)>;

/// What `require-adobe-auth` asks of the caller, judged by the headers that a web action gets (`__ow_headers`): the
/// result that refuses it, `{"error": {"statusCode": 401, "body": {"error": "cannot authorize request, reason: …"}}}`,
/// as the validator that Adobe's tools put before such an action answers; nothing if the action may run. 503 where
/// IMS does not answer.
[[nodiscard]] std::optional<json::object> refuse_unauthorized(const json::object& params,
                                                              const ValidateToken& validate);

}  // namespace adit::dev
