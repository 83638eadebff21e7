#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/secret.h"

#include "issuers/ims/token_request.h"

namespace adit::ims {

/// The response header by which adit's emulator says that it has no integrations, so that no client id can be right.
inline constexpr std::string_view kEmulatorState = "X-Adit-Emulator";
inline constexpr std::string_view kNoIntegrations = "no-integrations";

/// The parts of a token request that an error message needs.
struct RefusalContext {
  const Ims& ims;
  Grant grant;
  /// The scopes, or the metascopes of a JWT credential.
  const std::vector<std::string>& scopes;
  /// Names the credential in messages; it is not a secret.
  const std::string& client_id;
  /// The secrets of the request. They are removed from messages, in case IMS echoes them.
  std::vector<const Secret*> secrets;
};

/// Returns the Error for an answer that is not a token: IMS's own code, description and debug id, with a hint that says
/// what to change (the table in docs/protocols/ims.md); or `invalid_response_body`, if the answer does not have IMS's
/// form.
[[nodiscard]] Error token_refusal(const http::Response& response, const RefusalContext& context,
                                  const ClockState& clocks);

}  // namespace adit::ims
