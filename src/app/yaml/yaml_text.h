#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/yaml/yaml_tree.h"

namespace adit::app {

/// The text as YAML means it: byte-order mark gone, line ends `\n`. Throws Error `invalid_yaml` at the first byte that
/// is no UTF-8, or that YAML 1.2 (section 5.1) does not count as printable; a file in UTF-16 is told so.
[[nodiscard]] std::string clean_yaml_text(std::string_view bytes, const SourceFile& file, const YamlLimits& limits);

/// Where brackets and braces first lie more than `most` inside each other; nothing if they do not. yaml-cpp reads
/// all of a list in brackets, microseconds a byte, before it tells anything of it, so that a limit on its events comes
/// too late. Text of a block scalar is taken for YAML here, so that `most` has to be far above what is meant.
[[nodiscard]] std::optional<std::size_t> where_flow_is_deeper(std::string_view text, std::size_t most);

/// The error about it.
[[nodiscard]] Error too_deep(const YamlLimits& limits);

/// Characters of a UTF-8 text by their bytes and the other way round. Each look-up reads a few hundred bytes, however
/// long the text is: a line of a file may hold all of it.
class CharacterIndex {
 public:
  explicit CharacterIndex(std::string_view text);

  /// How many characters begin before this byte. `text` is the one that the index was made of, here and below.
  [[nodiscard]] std::size_t characters_before(std::string_view text, std::size_t byte) const;
  /// The byte at which the character begins, counted from 0; the text's size where there are fewer.
  [[nodiscard]] std::size_t byte_of(std::string_view text, std::size_t character) const;

 private:
  /// How many characters begin before each 256th byte.
  std::vector<std::size_t> counts_;
};

/// Finds lines, and turns columns in bytes into columns in characters.
class TextLines {
 public:
  explicit TextLines(std::string_view text);

  /// Without its end; lines count from 0. Empty if there is no such line.
  [[nodiscard]] std::string_view line(int number) const;
  /// Everything from there on, both from 0 in bytes.
  [[nodiscard]] std::string_view from(int line_number, int byte_column) const;
  /// Both from 0 in bytes to 1 in characters.
  [[nodiscard]] int column(int line_number, int byte_column) const;
  [[nodiscard]] int count() const { return static_cast<int>(starts_.size()); }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  CharacterIndex characters_;
};

}  // namespace adit::app
