#pragma once

#include <string>
#include <string_view>

#include "adit/http_server.h"

namespace adit::http {

/// An answer as it is sent.
struct WireResponse {
  std::string head;
  std::string body;
};

/// Formats an answer. Adds Date (unless set), Content-Length and Connection. `head_only` means that the request's
/// method is HEAD. If HTTP does not allow a header or the status, logs that and makes the answer a 500.
[[nodiscard]] WireResponse to_wire(ServerResponse response, bool head_only, bool keep_alive, bool http_1_0);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace adit::http
