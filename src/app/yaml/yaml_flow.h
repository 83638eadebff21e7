#pragma once

#include <string>
#include <vector>

#include "app/yaml/yaml_edit.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Whether the map is written as a flow, `{a: 1, b: 2}`, on one line or several.
[[nodiscard]] bool is_flow_map(const YamlEdit& text, const YamlNode& map);

/// Takes entries out of a flow map and puts others (`NAME: value`) after its entry `place`, which may be one of those
/// that go. False, and nothing is changed, where the map does not stand on one line, or its entries cannot be told
/// apart there.
[[nodiscard]] bool change_flow_map(YamlEdit& text, const YamlNode& map, const std::vector<const YamlEntry*>& dropped,
                                   const std::vector<std::string>& added, const YamlEntry& place);

}  // namespace adit::app
