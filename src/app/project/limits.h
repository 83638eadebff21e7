#pragma once

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// `limits:` of an action; `node` may be nullptr. `memorySize`, `logSize` and `concurrentActivations` are the older
/// names that Adobe's tools take too. Throws Error `invalid_limit` (configuration) for a number outside its range,
/// `invalid_config` for what is not a number.
[[nodiscard]] Limits read_limits(const YamlNode* node, const std::string& owner, std::vector<Warning>& warnings,
                                 OnFault on_fault, std::vector<Error>& faults);

}  // namespace adit::app
