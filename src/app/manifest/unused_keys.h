#pragma once

#include <string_view>
#include <vector>

#include "app/manifest/manifest_keys.h"
#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Warns of the keys of this place that have no effect, and of those that only Adobe's tools act on (manifest_keys.h).
void warn_of_unused_keys(const YamlNode& map, KeyPlace place, std::string_view owner, std::vector<Warning>& warnings);

}  // namespace adit::app
