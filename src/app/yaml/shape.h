#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// The kind of value that a place needs; it decides how the hint of wrong_shape() says to write it.
enum class Shape { map, list, scalar };

/// Returns the error for a value of the wrong type. `what` is the subject of the sentence, "`inputs` of action 'a/b'";
/// `expected` describes the value: "a map (`NAME: value` lines)".
[[nodiscard]] Error wrong_shape(std::string_view what, Shape shape, std::string_view expected, const YamlNode& node);

/// Returns the member, which must be a map; nullptr if it is absent or, as in Adobe's tools, empty (`inputs:`).
[[nodiscard]] const YamlNode* optional_map(const YamlNode& parent, std::string_view key, std::string_view owner);
/// Returns the member as text; empty if it is absent or empty. Refuses numbers and booleans: they need
/// quotes.
[[nodiscard]] std::string optional_text(const YamlNode& parent, std::string_view key, std::string_view owner);

enum class Unknown {
  /// Warn of every unknown key.
  all,
  /// Warn only of keys that look like a misspelt known one, because other tools may define keys here.
  misspelt
};
void warn_of_unknown_keys(const YamlNode& map, std::span<const std::string> known, std::string_view owner,
                          Unknown which, std::vector<Warning>& warnings);

/// Throws Error `invalid_name` unless `name` follows OpenWhisk's rule for entities (EntityName.scala): a letter, digit
/// or `_`, then also spaces and `@ . & -`, no space at the end, at most 256 characters. adit allows letters of every
/// script, and refuses `..`.
void check_entity_name(std::string_view name, std::string_view kind, const SourcePosition& where);

}  // namespace adit::app
