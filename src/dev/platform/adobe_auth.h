#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adit/json.h"
#include "adit/secret.h"

namespace adit::dev {

/// What IMS says about a token.
struct TokenValidity {
  bool valid = false;
  /// The reason that IMS gives if the token is not valid, such as `expired`. May be empty.
  std::string reason{};
};
/// Throws Error if IMS does not answer.
using ValidateToken = std::function<TokenValidity(const Secret& token)>;

/// Checks a caller for `require-adobe-auth` by the headers that a web action gets (`__ow_headers`). Returns `nullopt`
/// if the action may run. Otherwise returns the result that rejects the caller, in the form of the validator that
/// Adobe's tools put before such an action: `{"error": {"statusCode": 401, "body": {"error": "cannot authorize request,
/// reason: …"}}}`; the status is 503 if IMS does not answer.
[[nodiscard]] std::optional<json::object> refuse_unauthorized(const json::object& params,
                                                              const ValidateToken& validate);

}  // namespace adit::dev
