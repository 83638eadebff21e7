#pragma once

#include <string>
#include <string_view>

#include "adit/error.h"

namespace adit::dev {

/// Ends a request with this status and message (OpenWhisk's RejectRequest). Throws Error `rejected` with the status as
/// its http_status(); the API answers with `{"error": message, "code": …}`.
[[noreturn]] inline void reject(int status, std::string_view message) {
  throw Error::failure("rejected", std::string(message)).http_status(status);
}

}  // namespace adit::dev
