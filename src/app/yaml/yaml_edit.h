#pragma once

#include <map>
#include <optional>
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

  /// The line (from 1) without its end; empty if there is none.
  [[nodiscard]] std::string_view line(int number) const;
  /// The byte of its line at which the text of this scalar begins, behind a quote, an anchor and a tag; nothing if the
  /// line does not have the text as it reads: it goes on in the next line, or is written with escapes.
  [[nodiscard]] std::optional<std::size_t> scalar_at(int line, int column, std::string_view text) const;
  /// The byte of its line (from 0) at which the character at this place begins; the line's length past its end.
  [[nodiscard]] std::size_t byte_at(int line, int column) const;
  /// Puts `to` instead of these bytes of the line as it was; no two changes may touch one byte. The same change counts
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

  std::string mark_;
  std::vector<Line> lines_;
};

}  // namespace adit::app
