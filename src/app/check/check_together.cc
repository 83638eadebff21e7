#include <algorithm>
#include <map>

#include "app/check/check.h"
#include "base/text.h"

namespace adit::app {
namespace {

constexpr std::size_t kLeastToJoin = 3;

/// Findings that say the same.
std::string kind_of(const Finding& finding) {
  return cat(finding.code, '\n', static_cast<int>(finding.severity), '\n', finding.together);
}

/// "p/a (12), p/b (20)": the actions with the lines of their findings, and with the file where it is another one.
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

Finding of_each(Finding finding, const Action& action) {
  const auto name = action.full_name();
  finding.action = name;
  finding.together = replace_all(replace_all(finding.message, cat("The action ", name), "Each of these actions"), name,
                                 "each of these actions");
  if (finding.together.ends_with('.')) finding.together.pop_back();
  return finding;
}

std::vector<Finding> put_together(const std::vector<Finding>& findings) {
  std::map<std::string, std::vector<const Finding*>> kinds;
  for (const auto& finding : findings)
    if (!finding.together.empty()) kinds[kind_of(finding)].push_back(&finding);
  std::vector<Finding> result;
  for (const auto& finding : findings) {
    const auto found = finding.together.empty() ? kinds.end() : kinds.find(kind_of(finding));
    if (found == kinds.end() || found->second.size() < kLeastToJoin) {
      result.push_back(finding);
    } else if (found->second.front() == &finding) {
      result.push_back(finding);
      result.back().message = cat(finding.together, ": ", list_of(found->second), ".");
      if (result.back().change.find(finding.action.substr(finding.action.find('/') + 1)) != std::string::npos)
        result.back().change += " The same for the others.";
    }
  }
  return result;
}

}  // namespace adit::app
