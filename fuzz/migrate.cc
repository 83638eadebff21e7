#include <memory>
#include <string>
#include <vector>

#include "adit/json.h"

#include "app/migrate/migration_manifest.h"
#include "app/yaml/yaml_parse.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::app;
using namespace adit::fuzz;

namespace {

/// The value without its `inputs`, the only part that a migration changes.
json::value without_inputs(json::value value) {
  if (auto* object = value.if_object()) {
    object->erase("inputs");
    for (auto& member : *object) member.value() = without_inputs(std::move(member.value()));
  } else if (auto* list = value.if_array()) {
    for (auto& item : *list) item = without_inputs(std::move(item));
  }
  return value;
}

}  // namespace

ADIT_FUZZ(migrate) {
  Input input(bytes);
  const bool both = input.choice(2) == 1;
  const std::string text(input.rest());
  static const auto file = std::make_shared<const SourceFile>(SourceFile{"/a.yaml", "a.yaml"});
  std::vector<std::string> remaining;
  const auto changed = accepted([&] { return migrate_manifest(text, "app.config.yaml", both, remaining); });
  const auto before = accepted([&] { return parse_yaml(text, file); });
  if (!changed || !before) return;
  // The value of an anchor is changed at the anchor, which may be outside of `inputs`.
  if (text.find('&') != std::string::npos) return;
  const auto after = accepted([&] { return parse_yaml(*changed, file); });
  require(after.has_value(), "a migrated manifest is still YAML");
  require(without_inputs(to_json_value(*before)) == without_inputs(to_json_value(*after)),
          "a migration changes only inputs");
  std::vector<std::string> remaining_again;
  require(migrate_manifest(*changed, "app.config.yaml", both, remaining_again) == *changed,
          "a migrated manifest needs no further change");
}
