#include "app/manifest/manifest_names.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/manifest/sequence_limits.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

/// Warns of actions of the sequence that the project lacks. `packages` and `runnables` are the project's own, the
/// latter by their full names.
void warn_of_missing_parts(const Sequence& sequence, const std::set<std::string>& packages,
                           const std::map<std::string, SourcePosition>& runnables, Project& project) {
  for (const auto& part : sequence.actions) {
    const auto slash = part.find('/');
    if (slash == 0 || slash == std::string::npos) continue;
    const auto package = part.substr(0, slash);
    if (!packages.contains(package) || runnables.contains(part)) continue;
    project.warnings.push_back({cat("The sequence '", sequence.full_name(), "' runs '", part, "', which the package '",
                                    package, "' does not have."),
                                "Correct the name, or define the action.", sequence.where});
  }
}

/// Returns the names of the sequence's parts in the form `package/name` if they are in the namespace of the deployment
/// (`/_/`). Stops once there are more than the limit.
std::vector<std::string> parts_of(const Sequence& sequence) {
  std::vector<std::string> parts(sequence.actions.begin(),
                                 sequence.actions.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                sequence.actions.size(), kMaxSequenceLength + 1)));
  for (auto& part : parts) {
    if (!part.starts_with("/_/")) continue;
    part.erase(0, 3);
    if (part.find('/') == std::string::npos) part.insert(0, "default/");
  }
  return parts;
}

void warn_of_refused_sequences(Project& project) {
  std::map<std::string, const Sequence*, std::less<>> sequences;
  for (const auto& package : project.packages)
    for (const auto& sequence : package.sequences) sequences.emplace(sequence.full_name(), &sequence);
  const auto components_of = [&sequences](const std::string& name) -> std::optional<std::vector<std::string>> {
    const auto found = sequences.find(name);
    if (found == sequences.end()) return std::nullopt;
    return parts_of(*found->second);
  };
  for (const auto& [name, sequence] : sequences) {
    const auto error = sequence_error(name, parts_of(*sequence), components_of);
    if (error == SequenceError::cyclic) {
      project.warnings.push_back({cat("The sequence '", name, "' contains itself; no platform accepts it."),
                                  "Remove the part that runs the sequence again.", sequence->where, "",
                                  Warning::Kind::refused});
    } else if (error == SequenceError::too_long) {
      project.warnings.push_back({cat("The sequence '", name, "' runs more than ", kMaxSequenceLength,
                                      " actions, including those of the sequences in it; no platform accepts it."),
                                  "Shorten it, or let one action do the work of several.", sequence->where, "",
                                  Warning::Kind::refused});
    }
  }
}

/// Warns that two packages define a trigger or rule of this name; Adobe's tools deploy the later one.
void warn_of_second(std::string_view kind, const std::string& name, const SourcePosition& first,
                    const SourcePosition& second, std::vector<Warning>& warnings) {
  warnings.push_back({cat("The ", kind, " '", name, "' is defined twice, here and at ", first.to_string(),
                          "; this one wins, because a ", kind, " does not belong to a package."),
                      "Give one of them another name.", second});
}

void warn_of_shared_names(Project& project) {
  std::map<std::string, SourcePosition> triggers;
  std::map<std::string, SourcePosition> rules;
  for (const auto& package : project.packages) {
    for (const auto& trigger : package.triggers)
      if (const auto [first, fresh] = triggers.emplace(trigger.name, trigger.where); !fresh)
        warn_of_second("trigger", trigger.name, first->second, trigger.where, project.warnings);
    for (const auto& rule : package.rules)
      if (const auto [first, fresh] = rules.emplace(rule.name, rule.where); !fresh)
        warn_of_second("rule", rule.name, first->second, rule.where, project.warnings);
  }
}

}  // namespace

void check_names(Project& project, OnError on_error) {
  std::map<std::string, SourcePosition> seen;
  const auto check = [&](const std::string& name, const SourcePosition& where) {
    const auto [known, fresh] = seen.emplace(name, where);
    if (fresh) return;
    const Error twice =
        Error::configuration("two_actions", cat("'", name, "' is defined twice: at ", known->second.to_string(),
                                                " and at ", where.to_string(), "."))
            .hint("Give one of them another name or another package.")
            .at(where);
    guarded(on_error, project.errors, [&twice] { throw Error(twice); });
  };
  for (const auto& package : project.packages) {
    for (const auto& action : package.actions) check(action.full_name(), action.where);
    for (const auto& sequence : package.sequences) check(sequence.full_name(), sequence.where);
  }
  std::set<std::string> packages;
  for (const auto& package : project.packages) packages.insert(package.name);
  for (const auto& package : project.packages)
    for (const auto& sequence : package.sequences) warn_of_missing_parts(sequence, packages, seen, project);
  warn_of_refused_sequences(project);
  warn_of_shared_names(project);
}

}  // namespace adit::app
