#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Counts the inputs of all actions of a project. Each action gets its package's inputs, so that a small file can
/// demand very many.
class InputTotals {
 public:
  /// Throws Error `invalid_config` if there are too many inputs, or if they are too long.
  void add(std::size_t bytes, const SourcePosition& where);

 private:
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

/// The name of what Adobe's tools call the application: the project without its extensions.
constexpr std::string_view kApplication = "application";

/// Returns "the application" or "the extension 'NAME'", for messages.
[[nodiscard]] std::string extension_text(std::string_view extension);

/// Adds the packages of one runtime manifest (the map that contains `packages:`) to the project. `extension` is the
/// extension that defines it. The package `__APP_PACKAGE__` gets the name `{name}-{version}` of the project. Throws as
/// load_project does.
void read_manifest(const YamlNode& manifest, const std::string& extension, Project& project, InputTotals& totals,
                   OnError on_error);

/// Notes the position of each value in the inputs of an action, a trigger or a package, by its path
/// (Action::input_positions).
void note_input_positions(const YamlNode& inputs, InputTotals& totals,
                          std::map<std::string, SourcePosition, std::less<>>& positions);

/// Adds the triggers, rules, API routes and bindings of a package's node to the package; `package` has its name.
void read_triggers_and_rules(const YamlNode& node, Package& package, Project& project, InputTotals& totals,
                             OnError on_error);

/// Warns of what adobe/aio-lib-runtime refuses to deploy: rules whose trigger is not in the manifest; rules whose
/// action is not in the rule's own package (only the last part of an action's path is compared); routes of `apis:` to
/// actions that are not in their package or not web actions; dependencies without a location. `packages` is the value
/// of `packages:`.
void check_rules(const YamlNode& packages, std::vector<Warning>& warnings);

/// Refuses two actions or sequences with the same full name (`two_actions`), and warns of sequences whose actions are
/// missing in the project's own packages.
void check_names(Project& project, OnError on_error);

}  // namespace adit::app
