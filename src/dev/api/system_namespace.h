#pragma once

#include <string>
#include <string_view>

#include "adit/http_server.h"

#include "dev/api/api_call.h"

namespace adit::dev {

/// Answers a request for a namespace other than the caller's. adit dev provides the actions of some of them
/// (system_actions.h). `path` is the rest of the URL's path, which begins with the collection: `packages/NAME`.
[[nodiscard]] http::ServerResponse answer_system_namespace(ApiCall& call, const std::string& name_space,
                                                           std::string_view path);

}  // namespace adit::dev
