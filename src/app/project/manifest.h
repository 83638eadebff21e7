#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// What a project's actions have for inputs, all together: a package gives its own to each of its actions, so that a
/// small file can ask for a great many.
class InputTotals {
 public:
  /// Throws Error `invalid_config` once there are too many or too long ones.
  void add(std::size_t bytes, const SourcePosition& where);

 private:
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

/// Adds the packages of one runtime manifest (the map that holds `packages:`) to the project; `extension` is what
/// defines it. The package `__APP_PACKAGE__` is called `{name}-{version}` of the project. Throws as load_project does.
void read_manifest(const YamlNode& manifest, const std::string& extension, Project& project, InputTotals& totals,
                   OnFault on_fault);

/// Notes where each value of an action's, a trigger's or a package's inputs stands, by its path
/// (Action::input_positions).
void note_input_positions(const YamlNode& inputs, InputTotals& totals,
                          std::map<std::string, SourcePosition, std::less<>>& positions);

/// Adds the triggers, rules, API routes and bindings of a package's node to the package; `package` has its name.
void read_triggers_and_rules(const YamlNode& node, Package& package, Project& project, InputTotals& totals,
                             OnFault on_fault);

/// Warns of what adobe/aio-lib-runtime refuses to deploy: rules whose trigger the manifest lacks, or whose action the
/// rule's own package (of an action's path just the last part counts); routes of `apis:` to what their package lacks or
/// what is not on the web; dependencies without a location. `packages` is what stands below `packages:`.
void check_rules(const YamlNode& packages, std::vector<Warning>& warnings);

/// Refuses two actions or sequences of one full name (`two_actions`), and warns of sequences whose parts the project's
/// own packages lack.
void check_names(Project& project, OnFault on_fault);

}  // namespace adit::app
