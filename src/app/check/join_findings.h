#pragma once

#include <vector>

#include "app/check/check_report.h"

namespace adit::app {

struct Action;

/// Joins findings that say the same about three or more actions into one that names the actions. This is for people;
/// programs get every finding.
[[nodiscard]] std::vector<Finding> join_findings(const std::vector<Finding>& findings);

/// Returns the finding with `action` and `joint_message` set: the message with "each of these actions" instead of the
/// action's name.
[[nodiscard]] Finding joinable(Finding finding, const Action& action);

}  // namespace adit::app
