#pragma once

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"

namespace adit {

/// Returns Error `cancelled` for a request that was stopped before it was sent again.
[[nodiscard]] inline Error stopped_between_tries(const http::Request& request) {
  return Error::failure("cancelled", cat(request.method(), ' ', http::split_url(request.url()).shown(),
                                         ": stopped before it was sent again."));
}

}  // namespace adit
