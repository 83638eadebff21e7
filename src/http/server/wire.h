#pragma once

#include <string>
#include <string_view>

#include "adit/http_server.h"

namespace adit::http {

/// An answer ready to be sent.
struct WireResponse {
  std::string head;
  std::string body;
};

/// Adds Date (unless set), Content-Length and Connection. `head_only`: the client asked with HEAD. A header that the
/// protocol does not allow makes the answer a 500 and a log entry.
[[nodiscard]] WireResponse to_wire(ServerResponse response, bool head_only, bool keep_alive, bool http_1_0);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace adit::http
