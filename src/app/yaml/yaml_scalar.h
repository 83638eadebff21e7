#pragma once

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Gives an unquoted scalar its kind and value by its text, as js-yaml 3 does, with which adobe/aio-cli-lib-app-config
/// reads a project's files (https://github.com/nodeca/js-yaml, version 3, lib/js-yaml/type): YAML 1.1 with `0755` in
/// octal, `1:30` in sixtieths, `1_000`, and dates, which are text in JSON; yet `yes` and `no` are text. Integers that
/// JavaScript does not hold exactly become floats.
void type_plain_scalar(YamlNode& node);
/// What an unquoted scalar is as a key: the text that JavaScript makes of its value (`1.10` is 1.1, `0x10` is 16). A
/// date stays as it is written.
[[nodiscard]] std::string key_text(YamlNode node);

/// The kind by its tag alone: true if the text fits it.
[[nodiscard]] bool as_null(YamlNode& node);
[[nodiscard]] bool as_boolean(YamlNode& node);
[[nodiscard]] bool as_integer(YamlNode& node);
[[nodiscard]] bool as_float(YamlNode& node);
[[nodiscard]] bool as_timestamp(YamlNode& node);

}  // namespace adit::app
