#pragma once

#include <string_view>

#include "adit/http_server.h"

#include "dev/api/api_call.h"

namespace adit::dev {

/// Answers a request for `path` in `namespaces/NS/actions`: actions and sequences (apache/openwhisk,
/// core/controller/Actions.scala). `path` is the rest of the URL's path, which begins with a slash or is empty.
[[nodiscard]] http::ServerResponse answer_actions(ApiCall& call, std::string_view path);

}  // namespace adit::dev
