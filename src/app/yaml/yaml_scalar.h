#pragma once

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Sets the kind and value of an unquoted scalar from its text as js-yaml 3 does, with which
/// adobe/aio-cli-lib-app-config reads a project's files (https://github.com/nodeca/js-yaml, version 3,
/// lib/js-yaml/type). The rules are those of YAML 1.1: `0755` is octal, `1:30` is base 60, `1_000` is a number, and
/// dates are read (text in JSON). But `yes` and `no` are text. Integers that JavaScript cannot represent exactly become
/// floats.
void type_plain_scalar(YamlNode& node);
/// Returns the key that an unquoted scalar gives: its value converted to text by JavaScript (`1.10` gives 1.1, `0x10`
/// gives 16). A date stays as written.
[[nodiscard]] std::string key_text(YamlNode node);

/// Set the kind that a tag names; return false if the text does not fit it.
[[nodiscard]] bool as_null(YamlNode& node);
[[nodiscard]] bool as_boolean(YamlNode& node);
[[nodiscard]] bool as_integer(YamlNode& node);
[[nodiscard]] bool as_float(YamlNode& node);
[[nodiscard]] bool as_timestamp(YamlNode& node);

}  // namespace adit::app
