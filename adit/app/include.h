#pragma once

#include <string>
#include <vector>

#include "adit/app/yaml_tree.h"

namespace adit::app {

/// A configuration file with everything that it includes.
struct ConfigTree {
  YamlNode root;
  /// Absolute, the file itself first, each once.
  std::vector<std::string> files;
};

/// Reads the file and puts, for every map with the key `$include`, the named file's map in its place; keys that stand
/// beside `$include` count more than the file's. Paths are relative to the file that names them, as
/// adobe/aio-cli-lib-app-config has it; every node keeps the file that it comes from. Throws Error (configuration)
/// `include_missing`, `include_cycle`, `invalid_config`, `invalid_yaml`, `file_unreadable`.
[[nodiscard]] ConfigTree read_config_tree(const std::string& path);

/// `path` as the file `from` means it: absolute, normalised.
[[nodiscard]] std::string resolve_path(const SourceFile& from, const std::string& path);

}  // namespace adit::app
