#pragma once

#include <string>

#include "adit/json.h"

#include "app/check/check_report.h"

// Writes the findings of `adit check` in formats for other programs.
namespace adit::cli {

/// For `--json`: an array of findings.
[[nodiscard]] json::value findings_json(const app::CheckReport& report);

/// For `--format github`: one workflow command per line, which GitHub shows at the line of the file
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
[[nodiscard]] std::string github_commands(const app::CheckReport& report);

/// For `--format sarif`: a SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
[[nodiscard]] json::value sarif_log(const app::CheckReport& report);

}  // namespace adit::cli
