#include "app/check/check.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include "app/check/check_access.h"
#include "app/check/check_credentials.h"
#include "app/check/check_env_file.h"
#include "app/check/check_functions.h"
#include "app/check/check_manifest.h"
#include "app/check/check_references.h"
#include "app/check/check_repository.h"
#include "app/check/check_runtimes.h"
#include "app/check/check_sources.h"
#include "app/check/check_variables.h"
#include "base/text/text.h"

namespace adit::app {

void check_project(const CheckSubject& subject, CheckReport& report) {
  for (auto* check : {check_manifest, check_functions, check_env_file, check_variables, check_references, check_sources,
                      check_credentials, check_access, check_runtimes, check_repository})
    check(subject, report);
  const auto place = [](const Finding& finding) {
    return std::tie(finding.where.file, finding.where.line, finding.where.column);
  };
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [&place](const Finding& a, const Finding& b) { return place(a) < place(b); });
  std::set<std::string> seen;
  std::erase_if(report.findings, [&seen](const Finding& finding) {
    return !seen.insert(cat(finding.code, '\n', finding.where.to_string(), '\n', finding.message)).second;
  });
}

}  // namespace adit::app
