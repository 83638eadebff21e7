#include "dev/api/invoke.h"

#include "base/text/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

/// Returns how long a blocking call waits.
std::chrono::milliseconds wait_from(std::string_view query, std::chrono::milliseconds max) {
  const auto text = parameter(query, "timeout");
  if (!text || text->empty()) return max;
  const auto number = integer_from(*text);
  if (!number || *number <= 0 || *number > max.count()) refuse_parameter("timeout", messages::invalid_timeout(max));
  return std::chrono::milliseconds(*number);
}

}  // namespace

http::ServerResponse invoke(ApiCall& call, const std::shared_ptr<const ServedAction>& served, bool by_default) {
  const bool blocking = flag(call.query(), "blocking", by_default);
  const bool result_only = flag(call.query(), "result", by_default);
  const auto wait = wait_from(call.query(), call.options.max_wait);
  if (auto refusal = refuse_size(call.request)) return *std::move(refusal);
  call.line.action = served->full_name();
  auto params = object_in_body(call.request);
  for (const auto& [name, value] : params) {
    if (served->rules.immutable.contains(std::string_view(name))) reject(400, messages::kParametersNotAllowed);
  }
  const auto activated = run_for(call, served, std::move(params), blocking ? wait : std::chrono::milliseconds(0));
  if (!activated) return http::ServerResponse::json(202, json::object{{"activationId", call.line.activation_id}});
  const auto& record = activated->record;
  if (result_only) return http::ServerResponse::json(record.success() ? 200 : 502, record.result);
  auto answer = record.to_json();
  // OpenWhisk answers before it has collected an action's log. The controller itself keeps the log of a sequence.
  if (!record.is_sequence()) answer["logs"] = json::array();
  return http::ServerResponse::json(record.success() ? 200 : 502, answer);
}

std::shared_ptr<const Activated> run_for(ApiCall& call, const std::shared_ptr<const ServedAction>& served,
                                         json::object params, std::chrono::milliseconds wait) {
  const auto started = call.platform.start(call.catalog, served, std::move(params));
  call.line.activation_id = started.activation_id;
  if (wait == std::chrono::milliseconds(0) || started.done.wait_for(wait) != std::future_status::ready) return nullptr;
  call.line.activated = started.done.get();
  return call.line.activated;
}

}  // namespace adit::dev
