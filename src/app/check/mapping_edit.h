#pragma once

#include <optional>
#include <string>

#include "app/check/check_report.h"

namespace adit::app {

struct Action;
struct CheckSubject;

/// Returns the YAML line that maps a variable to the input of the same name: `NAME: $NAME`. Returns `nullopt` if an
/// input cannot refer to such a variable (inputs.h).
[[nodiscard]] std::optional<std::string> mapping_line(const std::string& name);
/// Returns the edit that adds `name: $name` to the action's inputs, or an edit of kind `none` if the manifest's form
/// makes it unsafe.
[[nodiscard]] SafeEdit mapping_edit(const CheckSubject& subject, const Action& action, const std::string& name);

}  // namespace adit::app
