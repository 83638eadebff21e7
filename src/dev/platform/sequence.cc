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
  explicit Traversal(const ComponentsOf& components_of) : components_of_(components_of) {}

  void visit(const std::string& name, const std::vector<std::string>& components) {
    if (std::ranges::find(path_, name) != path_.end()) {
      cyclic_ = true;
      return;
    }
    if (path_.size() == kMaxSequenceLength) {
      actions_ = kMaxSequenceLength + 1;
      return;
    }
    path_.push_back(name);
    for (const auto& component : components) {
      if (is_over()) break;
      if (std::ranges::find(path_, component) != path_.end()) {  // an action that is to become a sequence, too
        cyclic_ = true;
        break;
      }
      const auto inner = components_of_(component);
      if (inner && !inner->empty()) {
        visit(component, *inner);
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

  const ComponentsOf& components_of_;
  std::vector<std::string> path_;
  std::size_t actions_ = 0;
  bool cyclic_ = false;
};

}  // namespace

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
                                  const ComponentsOf& components_of) {
  if (components.empty()) return messages::kSequenceEmpty;
  if (components.size() > kMaxSequenceLength) return messages::kSequenceTooLong;
  Traversal traversal(components_of);
  traversal.visit(name, components);
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
