#pragma once

#include <string>

#include "adit/http.h"
#include "adit/ims.h"

namespace adit::ims {

/// Identifies an IMS that is reached by these routes: its URL, and the URL that the requests really go to if that is
/// another one.
[[nodiscard]] std::string issuer_id(const Ims& ims, const http::Endpoints& routes);

}  // namespace adit::ims
