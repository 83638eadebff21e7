#pragma once

#include <optional>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/web/path.h"
#include "dev/web/web_action.h"

namespace adit::dev {

/// The parameters from the request, including `__ow_…`. They take precedence over the action's inputs.
struct WebParameters {
  json::object params;
  /// Set instead of the parameters if the request is rejected.
  std::optional<http::ServerResponse> refusal;
};
[[nodiscard]] WebParameters web_parameters(const http::ServerRequest& request, const WebPath& path,
                                           const WebRules& rules, const Caller& caller);

}  // namespace adit::dev
