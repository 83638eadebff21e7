#include <memory>

#include "adit/json.h"

#include "app/yaml/yaml_parse.h"
#include "app/yaml/yaml_text.h"
#include "base/text/text.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::app;
using namespace adit::fuzz;

namespace {

void check_yaml_positions(const YamlNode& node, int lines) {
  require(node.line >= 0 && node.line <= lines && node.column >= 0, "a value's position is inside the text");
  static_cast<void>(describe(node));
  for (const auto& item : node.items) check_yaml_positions(item, lines);
  for (const auto& entry : node.entries) {
    require(node.find(entry.key) == &entry.value, "each key is unique");
    check_yaml_positions(entry.value, lines);
  }
}

}  // namespace

ADIT_FUZZ(yaml) {
  static const auto file = std::make_shared<const SourceFile>(SourceFile{"/a.yaml", "a.yaml"});
  const auto tree = accepted([&] { return parse_yaml(bytes, file, {.max_bytes = 1U << 20U, .max_nodes = 20'000}); });
  if (!tree) return;
  require(tree->size() <= 20'000, "a tree has no more values than allowed");
  // In YAML, a CR without LF is also a line end.
  const auto clean = clean_yaml_text(bytes, *file, {});
  check_yaml_positions(*tree, TextLines(clean).count() + 1);
  const auto value = to_json_value(*tree);
  // JSON is YAML, so a value that is printed as JSON must read as the same value.
  if (const auto printed = accepted([&] { return parse_yaml(to_json(value), file, {.max_nodes = 20'000}); }))
    require(to_json(to_json_value(*printed)) == to_json(value), "a value that is printed reads as itself");
}
