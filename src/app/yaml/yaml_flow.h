#pragma once

#include <string>
#include <vector>

#include "app/yaml/yaml_edit.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Returns true if the map is written in flow style, `{a: 1, b: 2}`, on one line or several.
[[nodiscard]] bool is_flow_map(const YamlEdit& text, const YamlNode& map);

/// Removes entries from a flow map and inserts others (`NAME: value`) after its entry `place`, which may be one of
/// those removed. Returns false and changes nothing if the map is not on one line, or if its entries cannot be
/// separated there.
[[nodiscard]] bool change_flow_map(YamlEdit& text, const YamlNode& map, const std::vector<const YamlEntry*>& dropped,
                                   const std::vector<std::string>& added, const YamlEntry& place);

}  // namespace adit::app
