#include "app/check/check_references.h"

#include <algorithm>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/join_findings.h"
#include "app/inputs/variable_reference.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

/// Returns true if Adobe's tools find a variable in the list's text. They look only there, not in maps in the list.
bool has_variable(const json::value& value) {
  if (value.is_string()) return next_variable(value.get_string(), 0).has_value();
  return value.is_array() && std::ranges::any_of(value.get_array(), has_variable);
}

class Inputs {
 public:
  Inputs(const CheckSubject& subject, const Action& action, CheckReport& report)
      : subject_(subject), action_(action), report_(report) {}

  void check() {
    for (const auto& [name, value] : action_.inputs) check_value(value, name);
  }

 private:
  [[nodiscard]] SourcePosition where(const std::string& path) const {
    const auto found = action_.input_positions.find(path);
    return found == action_.input_positions.end() ? action_.where : found->second;
  }

  void add(std::string code, const SourcePosition& where, std::string message, std::string change,
           Severity severity = Severity::warning) {
    if (report_.findings.size() > kMostFindings) return;
    report_.findings.push_back(
        joinable({std::move(code), severity, where, std::move(message), std::move(change)}, action_));
  }

  void check_value(const json::value& value, const std::string& path) {
    if (value.is_string()) return check_text(value.get_string(), path);
    if (value.is_array()) {
      std::size_t index = 0;
      for (const auto& item : value.get_array()) check_value(item, cat(path, "/", index++));
    }
    if (!value.is_object()) return;
    const auto& object = value.get_object();
    if (object.contains("value") && object.contains("default"))
      add("input_lost", where(path),
          cat("The input ", path, " of ", action_.full_name(),
              " has both `value` and `default`: Adobe's tools leave such an input out."),
          "Keep one of the two.");
    for (const auto* name : {"value", "default"}) {
      const auto* list = object.if_contains(name);
      if (list == nullptr || !list->is_array() || !has_variable(*list)) continue;
      add("refused_by_adobe", where(path),
          cat("The `", name, "` of the input ", path, " of ", action_.full_name(),
              " is a list with a variable; Adobe's tools fail to deploy it."),
          cat("Write the list itself as the input, without `", name, ":`."), Severity::error);
    }
    for (const auto& [name, member] : object) check_value(member, cat(path, "/", std::string_view(name)));
  }

  void check_text(std::string_view text, const std::string& path) {
    for (auto found = next_variable(text, 0); found; found = next_variable(text, found->end)) {
      if (!found->is_well_formed) {
        const auto written = text.substr(found->begin, found->end - found->begin);
        const bool open = written.starts_with("${");
        add("reference_broken", where(path),
            cat("The input ", path, " of ", action_.full_name(), " contains `", written, "`, ",
                open ? "whose brace is never closed" : "whose `}` becomes part of the name", "; Adobe's tools ",
                found->name.empty() ? std::string("leave it as it is") : cat("look for a variable `", found->name, "`"),
                "."),
            "Write `${NAME}`, with both braces.");
      }
      check_variable(found->name, path);
    }
  }

  void check_variable(std::string_view name, const std::string& path) {
    const auto* variable = subject_.environment.find(name);
    if (variable == nullptr || !has_replacement_signs(variable->value)) return;
    add("value_changed", variable->origin,
        cat("The value of ", name,
            " contains a `$` before another `$`, `&`, a backtick or a quote, which has a special meaning to Adobe's tools: the input ",
            path, " of ", action_.full_name(), " gets another value."),
        "Write each such `$` twice.");
  }

  const CheckSubject& subject_;
  const Action& action_;
  CheckReport& report_;
};

}  // namespace

void check_references(const CheckSubject& subject, CheckReport& report) {
  for (const auto* action : subject.project.actions()) {
    if (report.findings.size() > kMostFindings) return;
    Inputs(subject, *action, report).check();
  }
}

}  // namespace adit::app
