#pragma once

#include <string_view>

#include "adit/http.h"

namespace adit::http {

/// Returns the id that the server gave to the request, by its answer's headers: X-Debug-Id (IMS), or else X-Request-Id
/// (APIs); empty if it has neither.
[[nodiscard]] std::string_view request_id(const Headers& headers);

}  // namespace adit::http
