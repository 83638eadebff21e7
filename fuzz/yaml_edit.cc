#include "app/yaml/yaml_edit.h"

#include <memory>
#include <string>

#include "app/yaml/yaml_flow.h"
#include "app/yaml/yaml_parse.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::app;
using namespace adit::fuzz;

namespace {

/// Returns the first flow map of the tree with two entries or more.
const YamlNode* flow_map_in(const YamlEdit& edit, const YamlNode& node) {
  if (node.is_map() && node.entries.size() > 1 && is_flow_map(edit, node)) return &node;
  for (const auto& item : node.items)
    if (const auto* found = flow_map_in(edit, item)) return found;
  for (const auto& entry : node.entries)
    if (const auto* found = flow_map_in(edit, entry.value)) return found;
  return nullptr;
}

/// Replaces the first entry of a flow map by another one. The other entries must not change.
void change_some_flow_map(const std::string& text, const YamlNode& tree) {
  YamlEdit edit(text);
  const auto* map = flow_map_in(edit, tree);
  if (map == nullptr) return;
  if (!change_flow_map(edit, *map, {&map->entries.front()}, {"ADDED_BY_TEST: $X"}, map->entries.front())) {
    require(edit.apply() == text, "a refused change changes nothing");
    return;
  }
  const auto changed = accepted([&] { return parse_yaml(edit.apply(), tree.file); });
  require(changed.has_value(), "a changed text is still YAML");
  YamlEdit after(edit.apply());
  const auto* found = flow_map_in(after, *changed);
  require(found != nullptr && found->entries.size() == map->entries.size(), "the map has as many entries as before");
  require(found->find("ADDED_BY_TEST") != nullptr, "the new entry is in the map");
  for (std::size_t i = 1; i < map->entries.size(); ++i) {
    const auto* value = found->find(map->entries[i].key);
    require(value != nullptr && to_json_value(*value) == to_json_value(map->entries[i].value),
            "the other entries are unchanged");
  }
}

}  // namespace

ADIT_FUZZ(yaml_edit) {
  Input input(bytes);
  const auto what = input.choice(5);
  const int line = static_cast<int>(input.choice(64));
  const int column = static_cast<int>(input.choice(64));
  const std::string from(input.part());
  const std::string to(input.part());
  const std::string text(input.rest());
  require(YamlEdit(text).apply() == text, "a text without changes is the same");

  YamlEdit edit(text);
  switch (what) {
    case 0:
      if (const auto at = edit.scalar_at(line, column, from)) edit.replace_bytes(line, *at, from.size(), to);
      break;
    case 1:
      edit.remove_line(line);
      break;
    case 2:
      edit.insert_after(line, to);
      break;
    case 3:
      edit.replace_bytes(line, edit.byte_at(line, column), 0, to);
      break;
    default:
      static const auto file = std::make_shared<const SourceFile>(SourceFile{"/a.yaml", "a.yaml"});
      if (const auto tree = accepted([&] { return parse_yaml(text, file, {.max_nodes = 20'000}); }))
        change_some_flow_map(text, *tree);
  }
  static_cast<void>(edit.apply());
}
