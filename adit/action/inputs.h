#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adit/action/logger.h"
#include "adit/action/params.h"
#include "adit/action/response.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

// What an action expects from Adobe's template (its utils.js), by the same names in snake case.

namespace adit {

/// `missing header(s) 'a,b' and missing parameter(s) 'c,d'`, or nothing where all are there. Missing is what is absent
/// or an empty string (an input whose variable is unset); null, false and 0 are there. `a.b` names a member of the
/// object `a`; header names are compared in lower case.
[[nodiscard]] std::optional<std::string> missing_inputs(const boost::json::object& params,
                                                        const std::vector<std::string>& required,
                                                        const std::vector<std::string>& headers = {});

/// App Builder's error response, `{"error": {"statusCode": status, "body": {"error": message}}}`; logs `status:
/// message` at level info.
[[nodiscard]] Response error_response(int status, std::string_view message, const Logger& log);
[[nodiscard]] Response error_response(int status, std::string_view message);

/// The parameters as JSON for a log, every secret as `<hidden>`: the authorization, cookie and like headers, and each
/// member, at any depth, whose name or value looks like a secret, key, password, token or assertion.
[[nodiscard]] std::string string_parameters(const boost::json::object& params);

/// The token of the header `Authorization: Bearer …` that the caller sent.
[[nodiscard]] std::optional<Secret> bearer_token(const boost::json::object& params);

}  // namespace adit

#pragma GCC visibility pop
