#pragma once

#include "adit/environment.h"
#include "adit/http.h"

namespace adit::http {

/// Reads the routes and time-outs from ADIT_ENDPOINTS, ADIT_CONNECT_TIMEOUT, ADIT_TIMEOUT and ADIT_IDLE_TIMEOUT
/// (seconds, fractions allowed). Throws Error `invalid_endpoints`, `invalid_setting` (configuration).
[[nodiscard]] ClientOptions client_options(const Environment& environment);
/// The same with `endpoints` as routes. Does not read ADIT_ENDPOINTS.
[[nodiscard]] ClientOptions client_options(const Environment& environment, Endpoints endpoints);

/// Reads the routes from ADIT_ENDPOINTS. Each is logged when a request first takes it (destination_log.h). Throws Error
/// `invalid_endpoints` (configuration).
[[nodiscard]] Endpoints logged_endpoints(const Environment& environment);

}  // namespace adit::http
