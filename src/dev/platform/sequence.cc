#include "dev/platform/sequence.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text/text.h"
#include "dev/entity/messages.h"

namespace adit::dev {
void run_sequence(const std::vector<std::string>& components, json::value params, const RunComponent& run,
                  const Clock& clock, ActivationRecord& record) {
  record.kind = "sequence";
  record.start = clock.wall_now();
  record.sum_of_parts = std::chrono::milliseconds(0);
  int memory_mb = 0;
  for (const auto& name : components) {
    auto part = run(name, std::move(params));
    if (!part) {
      record.fail(messages::kSequenceComponentMissing, cat("There is no ", name, "."));
      record.status = ActivationStatus::application_error;
      break;
    }
    record.logs.push_back(part->id);
    record.status = part->status;
    record.timed_out = part->timed_out;
    record.hint = std::move(part->hint);
    record.result = std::move(part->result);
    record.response_size = part->response_size;
    *record.sum_of_parts += part->duration();
    memory_mb = std::max(memory_mb, part->limits.memory_mb);
    if (!record.success()) break;
    params = record.result;
  }
  if (memory_mb > 0) record.limits.memory_mb = memory_mb;
  record.end = clock.wall_now();
}

std::string_view sequence_refusal(const std::string& name, const std::vector<std::string>& components,
                                  const app::ComponentsOf& components_of) {
  switch (app::sequence_error(name, components, components_of)) {
    case app::SequenceError::none:
      return {};
    case app::SequenceError::empty:
      return messages::kSequenceEmpty;
    case app::SequenceError::too_long:
      return messages::kSequenceTooLong;
    case app::SequenceError::cyclic:
      return messages::kSequenceCyclic;
  }
  return {};
}

std::string local_name(const std::string& component, std::string_view name_space) {
  for (const auto& own : {cat('/', name_space, '/'), std::string("/_/")}) {
    if (!component.starts_with(own)) continue;
    auto name = component.substr(own.size());
    return name.find('/') == std::string::npos ? cat("default/", name) : name;
  }
  return component;
}

}  // namespace adit::dev
