#include "app/check/check_report.h"

#include <algorithm>

#include "base/text/text.h"

namespace adit::app {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

bool CheckReport::has(Severity severity) const {
  return std::any_of(findings.begin(), findings.end(),
                     [severity](const Finding& finding) { return finding.severity == severity; });
}

bool is_full(std::size_t before, CheckReport& report) {
  if (report.findings.size() < before + kMostFindings) return false;
  report.findings.push_back(
      {"too_many_findings",
       Severity::error,
       {},
       cat("There are more than ", kMostFindings, " findings of one kind; the others are not listed."),
       "Correct these, then run adit check again."});
  return true;
}

}  // namespace adit::app
