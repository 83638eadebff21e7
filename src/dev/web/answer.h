#pragma once

#include <string_view>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/host/activation_record.h"
#include "dev/web/path.h"

namespace adit::dev {

/// Returns the answer for the result of an activation. It is 406 if it would be a success with a content type that
/// `accept`, the request's header of that name, does not admit.
[[nodiscard]] http::ServerResponse web_answer(ActivationStatus status, const json::value& result,
                                              WebExtension extension, std::string_view accept = {});
/// Returns 202, for an activation that is still running.
[[nodiscard]] http::ServerResponse not_ready_answer();

}  // namespace adit::dev
