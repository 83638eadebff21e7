#pragma once

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Gives an unquoted scalar its kind and value by its text, as js-yaml 4's core schema does
/// (https://github.com/nodeca/js-yaml, lib/type), which is YAML
/// 1.2's (section 10.3.2) and `0b`. Integers beyond 64 bits become floats, as in JavaScript.
void type_plain_scalar(YamlNode& node);

/// The kind by its tag alone: true where the text fits it.
[[nodiscard]] bool as_null(YamlNode& node);
[[nodiscard]] bool as_boolean(YamlNode& node);
[[nodiscard]] bool as_integer(YamlNode& node);
[[nodiscard]] bool as_float(YamlNode& node);

}  // namespace adit::app
