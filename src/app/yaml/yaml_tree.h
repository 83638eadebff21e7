#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"

namespace adit::app {

/// A file that was read: where it is, and what messages call it.
struct SourceFile {
  std::string path;
  std::string shown;
};

struct YamlEntry;

/// A YAML value and the place where it stands; a tree of values, anchors already resolved.
struct YamlNode {
  enum class Kind { null, boolean, integer, floating, string, sequence, map };

  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double floating = 0;
  /// A scalar as written: for a string its value. A file that says nothing at all has none, one that says null has.
  std::string text;
  std::vector<YamlNode> items;
  /// In file order; no two with one key.
  std::vector<YamlEntry> entries;

  std::shared_ptr<const SourceFile> file;
  /// From 1, in characters.
  int line = 0;
  int column = 0;

  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_string() const { return kind == Kind::string; }
  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  /// nullptr if this is not a map or has no such key.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  [[nodiscard]] const YamlEntry* find_entry(std::string_view key) const;
  [[nodiscard]] SourcePosition where() const;
  /// The nodes in this tree, itself included.
  [[nodiscard]] std::size_t size() const;
  /// The bytes of its keys and scalars.
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

struct YamlLimits {
  std::size_t max_bytes = 1U << 20U;
  /// Of the tree, aliases followed.
  std::size_t max_nodes = 100'000;
  /// Keys and scalars of the tree, aliases followed.
  std::size_t max_text_bytes = 8U << 20U;
  std::size_t max_depth = 100;
};

/// Parses one YAML document with the scalar types of js-yaml 3 (yaml_scalar.h); anchors, aliases and `<<`
/// work. An empty text is null. Throws Error `invalid_yaml` (configuration) with file, line and column: syntax, a key
/// twice (both positions), more than one document, a tag that means nothing here, no UTF-8, too large, too deep.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, std::shared_ptr<const SourceFile> file,
                                  const YamlLimits& limits = {});
/// Reads and parses. Throws also Error `file_unreadable`.
[[nodiscard]] YamlNode read_yaml(const std::string& path, const YamlLimits& limits = {});

/// The path as messages show it: relative to the current folder where it lies below it, otherwise as it is.
[[nodiscard]] std::string shown_path(const std::string& path);

/// As JavaScript would: whole floats are integers, `.inf` and `.nan` null.
[[nodiscard]] json::value to_json_value(const YamlNode& node);

/// For messages, without the value, which may be a secret: "a list", "a text", "a number", "nothing", …
[[nodiscard]] std::string describe(const YamlNode& node);

}  // namespace adit::app
