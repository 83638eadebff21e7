#pragma once

#include <chrono>
#include <memory>

#include "adit/http_server.h"
#include "adit/json.h"

#include "dev/api/api_call.h"
#include "dev/platform/configuration.h"
#include "dev/platform/platform.h"

namespace adit::dev {

/// Activates an action. `by_default` is the default of the query parameters `blocking` and `result`: whether to wait
/// for the result, and whether to answer only with the result.
[[nodiscard]] http::ServerResponse invoke(ApiCall& call, const std::shared_ptr<const ServedAction>& served,
                                          bool by_default);
/// Activates an action and waits for its end. Returns null if it takes longer than `wait`.
[[nodiscard]] std::shared_ptr<const Activated> run_for(ApiCall& call, const std::shared_ptr<const ServedAction>& served,
                                                       json::object params, std::chrono::milliseconds wait);

}  // namespace adit::dev
