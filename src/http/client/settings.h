#pragma once

#include "adit/environment.h"
#include "adit/http.h"

namespace adit::http {

/// Routes and time-outs as ADIT_ENDPOINTS, ADIT_CONNECT_TIMEOUT, ADIT_TIMEOUT and ADIT_IDLE_TIMEOUT (seconds, fractions
/// allowed) say. Throws Error `invalid_endpoints`, `invalid_setting` (configuration).
[[nodiscard]] ClientOptions client_options(const Environment& environment);
/// The same with these routes, whatever ADIT_ENDPOINTS says.
[[nodiscard]] ClientOptions client_options(const Environment& environment, Endpoints endpoints);

/// ADIT_ENDPOINTS; its routes are announced in the log when requests first take them (announcements.h). Throws Error
/// `invalid_endpoints` (configuration).
[[nodiscard]] Endpoints announced_endpoints(const Environment& environment);

}  // namespace adit::http
