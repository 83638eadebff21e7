#include "app/check/check_runtimes.h"

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/manifest/runtimes.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

void check_node(const CheckSubject& subject, const Action& action, CheckReport& report) {
  const auto version = node_version(action.runtime);
  const auto* known = version ? retired_node(*version) : nullptr;
  if (known == nullptr) return;
  report.findings.push_back(
      {"runtime_retired",
       known->removed ? Severity::warning : Severity::note,
       subject.where(action, "runtime"),
       cat("The runtime ", action.runtime, " of ", action.full_name(), " is retired: Node.js ended version ",
           known->major, " on ", known->ended,
           known->removed ? ", and Adobe I/O Runtime supports the three latest long-term versions."
                          : "; it is the oldest that Adobe I/O Runtime still lists."),
       cat("Write `runtime: ", kNodeRuntime, "`, then run the action's tests."),
       {},
       action.full_name(),
       cat("The runtime ", action.runtime, ", which these actions have, is retired: Node.js ended version ",
           known->major, " on ", known->ended)});
}

void report_unknown(const CheckSubject& subject, const Action& action, CheckReport& report) {
  report.findings.push_back(
      {"runtime_unknown",
       Severity::warning,
       subject.where(action, "runtime"),
       cat("The runtime ", action.runtime, " of ", action.full_name(), " does not exist in Adobe I/O Runtime."),
       cat("Write `runtime: ", kNodeRuntime, "`, or `runtime: cpp` for an action in C++."),
       {},
       action.full_name(),
       cat("The runtime ", action.runtime, ", which these actions have, does not exist in Adobe I/O Runtime")});
}

/// Adobe's build packs each action in a zip, for which the deployment requires the key (adobe/aio-lib-runtime,
/// createActionObject).
void report_missing(const Action& action, CheckReport& report) {
  report.findings.push_back(
      {"refused_by_adobe",
       Severity::error,
       action.where,
       cat("The action ", action.full_name(), " has no `runtime`; Adobe's tools build it, but refuse to deploy it."),
       cat("Write `runtime: ", kNodeRuntime, "`, or `runtime: cpp` for an action in C++."),
       {},
       action.full_name(),
       "These actions have no `runtime`; Adobe's tools build them, but refuse to deploy them"});
}

}  // namespace

void check_runtimes(const CheckSubject& subject, CheckReport& report) {
  for (const auto* action : subject.project.actions()) {
    if (!action->docker.empty() || action->is_cpp()) continue;
    if (action->runtime.empty()) {
      report_missing(*action, report);
    } else if (is_node_version_of_adobe(action->runtime)) {
      check_node(subject, *action, report);
    } else {
      report_unknown(subject, *action, report);
    }
  }
}

}  // namespace adit::app
