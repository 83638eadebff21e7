#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/yaml/yaml_text.h"

namespace adit::app {

/// Makes small changes to a YAML text at the positions of its nodes, and keeps every other byte: comments, order, line
/// ends, byte-order mark.
class YamlEdit {
 public:
  explicit YamlEdit(std::string text);

  /// Returns the line (counted from 1) without its end; empty if there is no such line.
  [[nodiscard]] std::string_view line(int number) const;
  /// Returns the byte of its line at which the text of this scalar begins, after a quote, an anchor and a tag. Returns
  /// nothing if the line does not contain the text literally, because it continues in the next line or is written with
  /// escapes.
  [[nodiscard]] std::optional<std::size_t> scalar_at(int line, int column, std::string_view text) const;
  /// Returns the byte of its line (counted from 0) at which the character at this position begins; the line's length if
  /// the position is past its end.
  [[nodiscard]] std::size_t byte_at(int line, int column) const;
  /// Replaces these bytes of the original line with `to`. Changes must not overlap; a repeated change is made once.
  void replace_bytes(int line, std::size_t at, std::size_t size, std::string to);
  void remove_line(int number);
  /// Inserts a line after this one, with the file's line end. The same text after the same line is inserted once.
  void insert_after(int number, std::string text);

  /// Returns the text with all changes.
  [[nodiscard]] std::string apply() const;

 private:
  struct Line {
    std::string text;
    CharacterIndex characters{std::string_view()};
    std::string end;
    bool removed = false;
    /// The changes by their first byte and their size; insertions (size 0) come first.
    std::map<std::pair<std::size_t, std::size_t>, std::string> changes;
    std::vector<std::string> after;
  };

  std::string mark_;
  std::vector<Line> lines_;
};

}  // namespace adit::app
