#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/yaml/yaml_text.h"
#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// Small changes to a YAML text at the places of its nodes; all else stays to the byte: comments, order, line ends,
/// byte-order mark.
class YamlEdit {
 public:
  explicit YamlEdit(std::string text);

  /// The line (from 1) without its end; empty where there is none.
  [[nodiscard]] std::string_view line(int number) const;
  /// Replaces the first `from` at or after this place (line and column from 1, in characters) on its line that is no
  /// part of a longer name; false if there is none. The same place is replaced once, however often it is asked for.
  bool replace(int line, int column, std::string_view from, std::string_view to);
  /// The same of a variable's name: `$NAME`, `${NAME}`.
  bool replace_variable(int line, int column, std::string_view from, std::string_view to);
  /// The byte of its line (from 0) at which the character at this place begins; the line's length past its end.
  [[nodiscard]] std::size_t byte_at(int line, int column) const;
  /// Puts `to` in place of these bytes of the line as it was; no two changes may touch one byte. The same change counts
  /// once.
  void replace_bytes(int line, std::size_t at, std::size_t size, std::string to);
  void remove_line(int number);
  /// A line of its own after this one, with the file's line end; the same text after the same line once.
  void insert_after(int number, std::string text);

  /// The text with all changes.
  [[nodiscard]] std::string apply() const;

 private:
  struct Line {
    std::string text;
    CharacterIndex characters{std::string_view()};
    std::string end;
    bool removed = false;
    /// By the byte where they begin; what is only put in comes first.
    std::map<std::pair<std::size_t, std::size_t>, std::string> changes;
    std::vector<std::string> after;
  };

  bool replace_where(int line, int column, std::string_view from, std::string_view to,
                     bool (*may_follow)(std::string_view before));

  std::string mark_;
  std::vector<Line> lines_;
};

}  // namespace adit::app
