#include "dev/platform/conductor.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text/text.h"
#include "dev/entity/json_form.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"

namespace adit::dev {
namespace {

/// Returns an object as it is, and any other value as `{name: value}`.
json::object boxed(json::value value, std::string_view name) {
  if (value.is_object()) return std::move(value.get_object());
  return {{name, std::move(value)}};
}

/// Returns the path of the action that a conductor names: `/NS/PACKAGE/ACTION`, `/NS/ACTION`, `PACKAGE/ACTION` or
/// `ACTION` (FullyQualifiedEntityName.resolveName).
std::optional<EntityPath> next_action(const json::value& name, std::string_view own) {
  if (!name.is_string()) return std::nullopt;
  std::string_view text = name.get_string();
  const bool qualified = text.starts_with('/');
  if (qualified) text.remove_prefix(1);
  std::vector<std::string> parts;
  for (;;) {
    const auto end = std::min(text.find('/'), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (!std::ranges::all_of(parts, is_entity_name)) return std::nullopt;
  if (parts.size() < 3 && !qualified) parts.insert(parts.begin(), std::string(own));
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  if (parts.front() == "_") parts.front() = own;
  return EntityPath{parts.front(), parts.size() == 3 ? parts[1] : std::string(), parts.back()};
}

/// A running composition.
class Session {
 public:
  Session(const Composition& composition, ActivationRecord& record) : composition_(composition), record_(record) {}

  void run(json::value params) {
    while (composition_.count.conductors <= 2 * kMaxSequenceLength) {
      ++composition_.count.conductors;
      auto conducted = composition_.conduct(std::move(params));
      add_to_record(conducted);
      record_.status = conducted.status;
      record_.timed_out = conducted.timed_out;
      record_.hint = std::move(conducted.hint);
      record_.response_size = conducted.response_size;
      auto* answer = conducted.result.if_object();
      auto* next = answer != nullptr ? answer->if_contains("action") : nullptr;
      if (next == nullptr) {
        auto* given = answer != nullptr ? answer->if_contains("params") : nullptr;
        record_.result =
            given != nullptr ? json::value(boxed(std::move(*given), "value")) : std::move(conducted.result);
        return;
      }
      const auto state = answer->contains("state") ? boxed(std::move(answer->at("state")), "state") : json::object();
      auto given = answer->contains("params") ? boxed(std::move(answer->at("params")), "value") : json::object();
      auto result = run_next(*next, std::move(given));
      for (const auto& [name, value] : state) result.insert_or_assign(name, value);
      params = std::move(result);
    }
    fail(messages::kCompositionTooLong);
  }

 private:
  /// Runs the next action, and returns the conductor's next parameters: the result, or why the action did not run.
  json::object run_next(const json::value& name, json::object params) {
    const auto path = next_action(name, composition_.name_space);
    if (!path) return {{"error", messages::composition_component_invalid(to_json(name))}};
    if (composition_.count.components >= kMaxSequenceLength) return {{"error", messages::kCompositionTooLong}};
    auto done = composition_.run(*path, std::move(params));
    if (!done) return {{"error", messages::composition_component_missing(path->to_string().substr(1))}};
    add_to_record(*done);
    return boxed(std::move(done->result), "value");
  }

  void add_to_record(const ActivationRecord& done) {
    record_.logs.push_back(done.id);
    *record_.sum_of_parts += done.duration();
    record_.limits.memory_mb = std::max(record_.limits.memory_mb, done.limits.memory_mb);
  }

  void fail(std::string_view message) {
    record_.fail(message, "A composition runs at most 50 actions, and its conductor at most 101 times.");
    record_.status = ActivationStatus::application_error;
  }

  const Composition& composition_;
  ActivationRecord& record_;
};

}  // namespace

bool is_conductor(const ActionEntity& action) {
  const auto* conducts = action.annotations.if_contains("conductor");
  return conducts != nullptr && is_truthy(*conducts) && !action.is_sequence();
}

void run_composition(const Composition& composition, json::value params, const Clock& clock, ActivationRecord& record) {
  record.kind = "sequence";
  record.is_composition = true;
  record.start = clock.wall_now();
  record.sum_of_parts = std::chrono::milliseconds(0);
  Session(composition, record).run(std::move(params));
  record.end = clock.wall_now();
}

}  // namespace adit::dev
