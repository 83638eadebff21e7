#include "http/request_id.h"

namespace adit::http {

std::string_view request_id(const Headers& headers) {
  const auto debug_id = headers.get("x-debug-id");
  return debug_id ? *debug_id : headers.get_or_empty("x-request-id");
}

}  // namespace adit::http
