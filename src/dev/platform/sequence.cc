#include "dev/platform/sequence.h"

#include <utility>

#include "base/text.h"

namespace adit::dev {
namespace {

/// The path from `name` back to `target`, depth first; `path` holds it where there is one. Sequences are few and short,
/// and `depth` bounds cycles that `target` is no part of.
bool leads_to(const app::Project& project, const std::string& name, const std::string& target, int depth,
              std::string& path) {
  const auto slash = name.find('/');
  if (depth == 0 || slash == std::string::npos) return false;
  const auto* sequence = project.find_exact(name.substr(0, slash), name.substr(slash + 1)).sequence;
  if (sequence == nullptr) return false;
  for (const auto& part : sequence->actions) {
    if (part == target || leads_to(project, part, target, depth - 1, path)) {
      path = part == target ? cat(name, " -> ", part) : cat(name, " -> ", path);
      return true;
    }
  }
  return false;
}

}  // namespace

void run_sequence(const app::Sequence& sequence, json::object params, const RunComponent& run, const Clock& clock,
                  ActivationRecord& record) {
  record.kind = "sequence";
  record.start = clock.wall_now();
  if (sequence.actions.empty()) record.fail("No component specified for the sequence.");
  bool first = true;
  for (const auto& name : sequence.actions) {
    if (!std::exchange(first, false)) {
      if (!record.result.is_object()) {
        record.fail(cat("The part before ", name, " answered a list, which an action cannot take as parameters."));
        break;
      }
      params = record.result.get_object();
    }
    auto part = run(name, std::move(params));
    params = {};
    record.logs.push_back(part.id);
    record.status = part.status;
    record.timed_out = part.timed_out;
    record.hint = std::move(part.hint);
    record.result = std::move(part.result);
    if (!record.success()) break;
  }
  record.end = clock.wall_now();
}

std::string sequence_cycle(const app::Project& project, const app::Sequence& sequence) {
  std::string path;
  return leads_to(project, sequence.full_name(), sequence.full_name(), 8, path) ? path : std::string();
}

}  // namespace adit::dev
