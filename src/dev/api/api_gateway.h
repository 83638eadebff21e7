#pragma once

#include <string>
#include <string_view>

#include "adit/http_server.h"
#include "adit/secret.h"

#include "dev/api/api_call.h"

// Routes of APIs (`apis:`, `wsk api create`). The gateway stores an API as a Swagger document. Its operations name
// their actions in `x-openwhisk` (apache/openwhisk-apigateway, core/routemgmt).
namespace adit::dev {

/// Answers calls of the API gateway's own actions, `whisk.system/apimgmt/{getApi,createApi,deleteApi}.http`.
[[nodiscard]] http::ServerResponse answer_api_management(ApiCall& call, std::string_view action);

struct Routed {
  /// The web action and its path, `PACKAGE/ACTION.json/REST`. Empty if no route matches.
  std::string path{};
  /// The key that the gateway sends as `X-Require-Whisk-Auth`. Empty if it sends none.
  Secret key{};
};
/// Returns the web action to which the gateway routes this request.
[[nodiscard]] Routed route_of(const ApiCall& call);

}  // namespace adit::dev
