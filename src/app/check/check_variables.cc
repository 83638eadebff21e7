#include "app/check/check_variables.h"

#include <algorithm>
#include <string>
#include <vector>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/credential_setting.h"
#include "app/check/join_findings.h"
#include "app/inputs/inputs.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

std::vector<std::string> names_in(const EnvFile& file) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : file.variables()) names.push_back(name);
  return names;
}

bool needs(const CheckSubject& subject, const Action& action, std::string_view input) {
  const auto& uses = subject.sources_of(action).inputs;  // sorted by name
  const auto use = std::lower_bound(uses.begin(), uses.end(), input,
                                    [](const InputUse& one, std::string_view name) { return one.name < name; });
  return use != uses.end() && use->name == input && use->need == InputUse::Need::required;
}

Finding unset_finding(const CheckSubject& subject, const Action& action, const Unset& unset,
                      const std::vector<std::string>& known) {
  const bool fatal = is_credential_setting(unset.name) || needs(subject, action, unset.input);
  auto change = remedy_of(unset, subject.environment, subject.env_file.path);
  change.front() = to_upper(change.substr(0, 1)).front();
  if (to_upper(unset.name) != unset.name) {
    if (!change.ends_with("…")) change += '.';
  } else if (const auto meant = nearest(unset.name, known)) {
    change = cat("Did you mean $", *meant, "? Otherwise add to ", subject.env_file.path, ": ", unset.name, "=…");
  }
  return {"variable_unset", fatal ? Severity::error : Severity::warning, unset.where,
          cat("The input ", unset.input, " of ", action.full_name(), " takes $", unset.name, ", which is not set."),
          std::move(change)};
}

}  // namespace

void check_variables(const CheckSubject& subject, CheckReport& report) {
  if (!subject.env_found) return;  // reported once, by check_env_file
  const auto known = names_in(subject.env_file);
  const auto before = report.findings.size();
  std::size_t mapped = 0;
  bool all = true;
  for (const auto* action : subject.project.actions()) {
    MappedInputs inputs;
    try {
      inputs = map_inputs(*action, subject.environment);
    } catch (const Error& error) {
      all = false;
      report.findings.push_back(
          {error.code(), Severity::error, error.where().value_or(action->where), error.message(), error.hint()});
      continue;
    }
    mapped += inputs.params.size();
    for (const auto& unset : inputs.unset) {
      all = false;
      if (is_full(before, report)) return;
      if (!unset.is_well_formed) continue;  // check_references() reports it
      report.findings.push_back(joinable(unset_finding(subject, *action, unset, known), *action));
    }
    for (const auto& empty : empty_variables(*action, subject.environment)) {
      const auto* variable = subject.environment.find(empty.name);
      if (variable == nullptr || !(is_credential_setting(empty.name) || needs(subject, *action, empty.input))) continue;
      all = false;
      if (is_full(before, report)) return;
      report.findings.push_back({"variable_empty", Severity::error, variable->origin,
                                 cat(empty.name, ", which the input ", empty.input, " of ", action->full_name(),
                                     " takes, is set, but empty."),
                                 cat("Write its value there: ", empty.name, "=…")});
    }
  }
  if (all && mapped > 0)
    report.passed.push_back(cat("Every variable that the inputs name is set (", mapped, " inputs)."));
}

}  // namespace adit::app
