#pragma once

#include <string>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// A place in a configuration that Adobe's loader refuses, and with it the whole project.
struct LoaderError {
  /// `/application/web`, as a JSON pointer (RFC 6901).
  std::string path;
  Warning warning;
};

/// What the loader of Adobe's tools refuses of an `app.config.yaml`, its includes followed: the rules of the JSON
/// schema in adobe/aio-cli-lib-app-config (schema/app.config.yaml.schema.json), with the line and what to do.
[[nodiscard]] std::vector<LoaderError> find_loader_errors(const YamlNode& configuration);

}  // namespace adit::app
