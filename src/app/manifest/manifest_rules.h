#pragma once

#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Warns of what adobe/aio-lib-runtime refuses to deploy: rules whose trigger is not in the manifest; rules whose
/// action is not in the rule's own package (only the last part of an action's path is compared); routes of `apis:` to
/// actions that are not in their package or not web actions; dependencies without a location. `packages` is the value
/// of `packages:`.
void check_rules(const YamlNode& packages, std::vector<Warning>& warnings);

}  // namespace adit::app
