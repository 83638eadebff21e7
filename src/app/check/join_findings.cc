#include "app/check/join_findings.h"

#include <algorithm>
#include <map>

#include "app/project/project.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

constexpr std::size_t kLeastToJoin = 3;

/// Findings of the same kind say the same about different actions.
std::string kind_of(const Finding& finding) {
  return cat(finding.code, '\n', static_cast<int>(finding.severity), '\n', finding.joint_message);
}

/// Returns "p/a (12), p/b (20)": the actions with the lines of their findings, and with the file if it differs from
/// that of the first finding.
std::string list_of(const std::vector<const Finding*>& findings) {
  std::vector<std::string> list;
  for (const auto* finding : findings) {
    const auto& where = finding->where;
    const bool elsewhere = where.file != findings.front()->where.file;
    list.push_back(finding->action == where.to_string()
                       ? finding->action
                       : cat(finding->action, " (", elsewhere ? cat(where.file, ":") : "", where.line, ")"));
  }
  return join(list, ", ");
}

}  // namespace

Finding joinable(Finding finding, const Action& action) {
  const auto name = action.full_name();
  finding.action = name;
  finding.joint_message = replace_all(replace_all(finding.message, cat("The action ", name), "Each of these actions"),
                                      name, "each of these actions");
  if (finding.joint_message.ends_with('.')) finding.joint_message.pop_back();
  return finding;
}

std::vector<Finding> join_findings(const std::vector<Finding>& findings) {
  std::map<std::string, std::vector<const Finding*>> kinds;
  for (const auto& finding : findings)
    if (!finding.joint_message.empty()) kinds[kind_of(finding)].push_back(&finding);
  std::vector<Finding> result;
  for (const auto& finding : findings) {
    const auto found = finding.joint_message.empty() ? kinds.end() : kinds.find(kind_of(finding));
    if (found == kinds.end() || found->second.size() < kLeastToJoin) {
      result.push_back(finding);
    } else if (found->second.front() == &finding) {
      result.push_back(finding);
      result.back().message = cat(finding.joint_message, ": ", list_of(found->second), ".");
      if (result.back().change.find(finding.action.substr(finding.action.find('/') + 1)) != std::string::npos)
        result.back().change += " The same for the others.";
    }
  }
  return result;
}

}  // namespace adit::app
