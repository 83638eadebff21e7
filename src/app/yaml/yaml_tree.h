#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"

#include "app/yaml/source_file.h"

namespace adit::app {

struct YamlEntry;

/// A YAML value, its position, and the values in it; anchors are resolved.
struct YamlNode {
  enum class Kind { null, boolean, integer, floating, string, sequence, map };

  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double floating = 0;
  /// A scalar as written, or a string's value. Empty for an empty file, but not for a file that contains `null`.
  std::string text;
  std::vector<YamlNode> items;
  /// In file order; keys are unique.
  std::vector<YamlEntry> entries;

  std::shared_ptr<const SourceFile> file;
  /// Line and column count from 1; columns are in characters.
  int line = 0;
  int column = 0;

  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_string() const { return kind == Kind::string; }
  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  /// Returns nullptr if this is not a map or has no such key.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  [[nodiscard]] const YamlEntry* find_entry(std::string_view key) const;
  [[nodiscard]] SourcePosition where() const;
  /// Returns the number of nodes in this tree, including itself.
  [[nodiscard]] std::size_t size() const;
  /// Returns the number of bytes in its keys and scalars.
  [[nodiscard]] std::size_t text_bytes() const;
};

struct YamlEntry {
  std::string key;
  YamlNode value;
  std::shared_ptr<const SourceFile> file;
  int line = 0;
  int column = 0;

  [[nodiscard]] SourcePosition where() const;
};

/// Converts the tree as JavaScript would: whole floats become integers, `.inf` and `.nan` null.
[[nodiscard]] json::value to_json_value(const YamlNode& node);

/// Describes the value for messages without showing it, because it may be a secret: "a list", "a string", "a number",
/// "nothing", …
[[nodiscard]] std::string describe(const YamlNode& node);

}  // namespace adit::app
