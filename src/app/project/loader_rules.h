#pragma once

#include <string>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// A place in a configuration because of which Adobe's loader refuses the project.
struct LoaderError {
  /// `/application/web`, as a JSON pointer (RFC 6901).
  std::string path;
  Warning warning;
};

/// Returns what the loader of Adobe's tools refuses in an `app.config.yaml` after its includes are resolved, each with
/// its line and what to do. The rules are those of the JSON schema in adobe/aio-cli-lib-app-config
/// (schema/app.config.yaml.schema.json).
[[nodiscard]] std::vector<LoaderError> find_loader_errors(const YamlNode& configuration);

}  // namespace adit::app
