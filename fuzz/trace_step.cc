#include "base/trace.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(trace_step) {
  const auto step = trace::step_from_json(bytes);
  if (!step) return;
  const auto& request = step->request;
  require(step->took.count() >= 0 && step->took <= std::chrono::hours(24), "a step takes a day at most");
  require(request.status == 0 || (request.status >= 100 && request.status <= 999), "a status has three digits");
  require(request.request_id.size() <= 200, "a request's id has 200 bytes at most");
  require(trace::is_of_request(step->kind) || (request.method.empty() && request.url.empty()),
          "only the kind makes a step a request");
  require(step->kind == trace::StepKind::request_ended ||
              (request.status == 0 && request.error.empty() && request.request_id.empty()),
          "only a request that ended has an outcome");
}
