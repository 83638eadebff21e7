#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adit/app/yaml_tree.h"

namespace adit::app {

/// Small changes to a YAML text at the places of its nodes; all else stays to the byte: comments, order, line ends,
/// byte-order mark.
class YamlEdit {
 public:
  explicit YamlEdit(std::string text);

  /// The line (from 1) without its end; empty where there is none.
  [[nodiscard]] std::string_view line(int number) const;
  /// Replaces the first `from` at or after this place (line and column from 1, in characters) on its line; false where
  /// there is none. The same place is replaced once, however often it is asked for.
  bool replace(int line, int column, std::string_view from, std::string_view to);
  void remove_line(int number);
  /// A line of its own after this one, with the file's line end; the same text after the same line once.
  void insert_after(int number, std::string text);

  /// The text with all changes.
  [[nodiscard]] std::string apply() const;

 private:
  struct Line {
    std::string text;
    std::string end;
    bool removed = false;
    std::set<std::size_t> replaced;
    std::vector<std::string> after;
  };

  std::string mark_;
  std::vector<Line> original_;
  std::vector<Line> lines_;
};

}  // namespace adit::app
