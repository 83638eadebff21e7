#pragma once

#include "app/project/on_error.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Reads `limits:` of an action; `node` may be nullptr. Adobe's tools also accept the older names `memorySize`,
/// `logSize` and `concurrentActivations`. Throws Error `invalid_limit` (configuration) for a number outside its range,
/// `invalid_config` if the value is not a number.
[[nodiscard]] Limits read_limits(const YamlNode* node, const std::string& owner, std::vector<Warning>& warnings,
                                 OnError on_error, std::vector<Error>& errors);

}  // namespace adit::app
