#pragma once

#include <string>

#include "adit/json.h"

#include "app/check/check.h"

// What `adit check` found, in the formats that other programs read.
namespace adit::cli {

/// `--json`: an array of findings.
[[nodiscard]] json::value findings_json(const app::CheckReport& report);

/// `--format github`: a workflow command a line, which GitHub shows at the line of the file
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
[[nodiscard]] std::string github_commands(const app::CheckReport& report);

/// `--format sarif`: a log of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
[[nodiscard]] json::value sarif_log(const app::CheckReport& report);

}  // namespace adit::cli
