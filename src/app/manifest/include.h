#pragma once

#include <string>
#include <vector>

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// A configuration file with everything that it includes.
struct ConfigTree {
  YamlNode root;
  /// Absolute, the file itself first, each once.
  std::vector<std::string> files;
};

/// Reads the file, and replaces every map that has the key `$include` with the map of the named file. Keys beside
/// `$include` override those of the file. Paths are relative to the file that names them, as in
/// adobe/aio-cli-lib-app-config. Every node keeps the file that it comes from. All files must be below the folder of
/// `path` after symbolic links are resolved. Throws Error (configuration) `outside_project`, `include_missing`,
/// `include_cycle`, `invalid_config`, `invalid_yaml`, `file_unreadable`.
[[nodiscard]] ConfigTree read_config_tree(const std::string& path);

/// Returns the path that the file `from` names by `path`: absolute and normalised.
[[nodiscard]] std::string resolve_path(const SourceFile& from, const std::string& path);

/// Throws Error `outside_project` (configuration) if `path` is not below `root` after symbolic links are resolved.
/// `where` is the place in the project's files that names the path. `what` begins the message ("The function of p/a").
void refuse_outside(const std::string& path, const std::string& root, const std::string& what,
                    const SourcePosition& where);

}  // namespace adit::app
