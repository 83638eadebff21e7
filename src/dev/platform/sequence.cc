#include "dev/platform/sequence.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"

namespace adit::dev {
namespace {

/// Counts the actions of a sequence, depth first, until there are too many or it comes back to where it is.
class Traversal {
 public:
  Traversal(const app::Project& project, std::string_view name_space) : project_(project), name_space_(name_space) {}

  void visit(const app::Sequence& sequence) {
    const auto name = sequence.full_name();
    if (std::ranges::find(path_, name) != path_.end()) {
      cyclic_ = true;
      return;
    }
    if (path_.size() == kMaxSequenceLength) {
      actions_ = kMaxSequenceLength + 1;
      return;
    }
    path_.push_back(name);
    for (const auto& component : sequence.actions) {
      if (is_over()) break;
      const auto part = local_name(component, name_space_);
      const auto slash = part.find('/');
      const auto found = slash == std::string::npos || slash == 0
                             ? app::Runnable{}
                             : project_.find_exact(part.substr(0, slash), part.substr(slash + 1));
      if (found.sequence != nullptr && !found.sequence->actions.empty()) {
        visit(*found.sequence);
      } else {
        ++actions_;
      }
    }
    path_.pop_back();
  }
  [[nodiscard]] bool is_cyclic() const { return cyclic_; }
  [[nodiscard]] bool is_too_long() const { return actions_ > kMaxSequenceLength; }

 private:
  [[nodiscard]] bool is_over() const { return cyclic_ || is_too_long(); }

  const app::Project& project_;
  std::string_view name_space_;
  std::vector<std::string> path_;
  std::size_t actions_ = 0;
  bool cyclic_ = false;
};

}  // namespace

void run_sequence(const app::Sequence& sequence, json::value params, const RunComponent& run, const Clock& clock,
                  ActivationRecord& record) {
  record.kind = "sequence";
  record.start = clock.wall_now();
  record.sum_of_parts = std::chrono::milliseconds(0);
  int memory_mb = 0;
  for (const auto& name : sequence.actions) {
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

std::string_view sequence_refusal(const app::Project& project, const app::Sequence& sequence,
                                  std::string_view name_space) {
  if (sequence.actions.empty()) return messages::kSequenceEmpty;
  if (sequence.actions.size() > kMaxSequenceLength) return messages::kSequenceTooLong;
  Traversal traversal(project, name_space);
  traversal.visit(sequence);
  if (traversal.is_cyclic()) return messages::kSequenceCyclic;
  return traversal.is_too_long() ? messages::kSequenceTooLong : std::string_view();
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
