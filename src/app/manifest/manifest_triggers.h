#pragma once

#include "app/manifest/input_totals.h"
#include "app/project/on_error.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Adds the triggers, rules, API routes and bindings of a package's node to the package; `package` has its name.
void read_triggers_and_rules(const YamlNode& node, Package& package, Project& project, InputTotals& totals,
                             OnError on_error);

}  // namespace adit::app
