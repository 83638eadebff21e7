#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/action/params.h"
#include "adit/action/response.h"

#pragma GCC visibility push(default)

namespace adit {

/// What an action asks of its caller's token.
struct TokenRequirements {
  /// The client that the token must have been issued to. Empty: the one that the token names, whoever that is.
  std::string client_id{};
  /// The clients whose callers are let in; empty: all.
  std::vector<std::string> client_ids{};
  /// Scopes that the token must have, all of them.
  std::vector<std::string> scopes{};
};

/// Nothing where the caller's `Authorization: Bearer` token is valid, by IMS's own word (`/ims/validate_token/v1`, kept
/// for five minutes in the process); otherwise the response to return:
///
///     if (auto refused = adit::require_valid_token(params, {.scopes = {"read_organizations"}})) return *refused;
///
/// 401: no token, or one that IMS does not find valid; 403: a valid one of another client or without a scope; 503: IMS
/// could not be asked. IMS is that of Ims::from_process() (ADIT_IMS, AIO_CLI_ENV, the namespace). Never throws for what
/// a caller sends. Thread-safe.
[[nodiscard]] std::optional<Response> require_valid_token(const Params& params,
                                                          const TokenRequirements& requirements = {});

}  // namespace adit

#pragma GCC visibility pop
