#pragma once

#include <chrono>

#include "adit/base/clock.h"
#include "adit/base/error.h"
#include "adit/credentials/credentials.h"
#include "adit/http/message.h"
#include "adit/ims/environment.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// What was asked, as far as an error message needs it.
struct Asked {
  const Ims& ims;
  Grant grant;
  /// Metascopes or scopes.
  const std::vector<std::string>& scopes;
  /// Where each half of the credential is configured is not known here; the client id is, and it is no secret.
  const std::string& client_id;
  /// Parts of the request that no message may quote, should IMS echo them.
  std::vector<const Secret*> secrets;
};

/// How the clocks stand, measured from this very answer.
struct ClockState {
  WallTime now;
  /// IMS's clock minus ours; 0 where it is unknown or small.
  std::chrono::milliseconds skew{0};
  /// The skew that the assertion was made with.
  std::chrono::milliseconds skew_used{0};
};

/// The Error that an answer other than a token stands for: IMS's own code, description and debug id, and a hint that
/// tells what to change; or `invalid_response_body` where the answer is not IMS's form. The table is ims.md's.
[[nodiscard]] Error refusal(const http::Response& response, const Asked& asked, const ClockState& clocks);

}  // namespace adit::ims

#pragma GCC visibility pop
