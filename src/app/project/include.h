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

/// Reads the file and puts, for every map with the key `$include`, the named file's map in its place; keys that stand
/// beside `$include` count more than the file's. Paths are relative to the file that names them, as
/// adobe/aio-cli-lib-app-config has it; every node keeps the file that it comes from. All of the files must lie below
/// the folder of `path`, after symbolic links have been followed. Throws Error (configuration) `outside_project`,
/// `include_missing`, `include_cycle`, `invalid_config`, `invalid_yaml`, `file_unreadable`.
[[nodiscard]] ConfigTree read_config_tree(const std::string& path);

/// `path` as the file `from` means it: absolute, normalised.
[[nodiscard]] std::string resolve_path(const SourceFile& from, const std::string& path);

/// Throws Error `outside_project` (configuration) if `path`, which a file of the project names at `where`, does not lie
/// below `root` after symbolic links have been followed. `what` begins the message ("The function of p/a").
void refuse_outside(const std::string& path, const std::string& root, const std::string& what,
                    const SourcePosition& where);

}  // namespace adit::app
