#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/yaml/yaml_limits.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Parses one YAML document with the scalar types of js-yaml 3 (yaml_scalar.h); supports anchors, aliases and `<<`. An
/// empty text is null. Throws Error `invalid_yaml` (configuration) with file, line and column if the syntax is wrong, a
/// key occurs twice (with both positions), there is more than one document, a tag is not supported, or the text is not
/// UTF-8, too large or too deep.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, std::shared_ptr<const SourceFile> file,
                                  const YamlLimits& limits = {});
/// Reads and parses a file. Throws also Error `file_unreadable`.
[[nodiscard]] YamlNode read_yaml(const std::string& path, const YamlLimits& limits = {});

}  // namespace adit::app
