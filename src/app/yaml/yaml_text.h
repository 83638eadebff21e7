#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"

#include "app/yaml/source_file.h"
#include "app/yaml/yaml_limits.h"

namespace adit::app {

/// Returns the text without a byte-order mark and with `\n` as line ends. Throws Error `invalid_yaml` at the first byte
/// that is not UTF-8 or not printable by YAML 1.2 (section 5.1); the message says so if the file is UTF-16.
[[nodiscard]] std::string clean_yaml_text(std::string_view bytes, const SourceFile& file, const YamlLimits& limits);

/// Returns where brackets and braces are first nested deeper than `most`; nothing if they never are. yaml-cpp reads a
/// whole list in brackets, at microseconds a byte, before it reports its first event, so that a limit on events would
/// come too late. The text of block scalars is counted, too, so that `most` must be far above the depth of real files.
[[nodiscard]] std::optional<std::size_t> where_flow_is_deeper(std::string_view text, std::size_t most);

/// Returns the error for a text that is nested too deeply.
[[nodiscard]] Error too_deep(const YamlLimits& limits);

/// Converts between bytes and characters of a UTF-8 text. Each lookup reads at most a few hundred bytes, because one
/// line may contain a whole file.
class CharacterIndex {
 public:
  explicit CharacterIndex(std::string_view text);

  /// Returns how many characters begin before this byte. Here and below, `text` must be the one that the index was made
  /// from.
  [[nodiscard]] std::size_t characters_before(std::string_view text, std::size_t byte) const;
  /// Returns the byte at which the character begins (characters count from 0), or the text's size if it has fewer
  /// characters.
  [[nodiscard]] std::size_t byte_of(std::string_view text, std::size_t character) const;

 private:
  /// The number of characters that begin before each 256th byte.
  std::vector<std::size_t> counts_;
};

/// Finds lines, and turns columns in bytes into columns in characters.
class TextLines {
 public:
  explicit TextLines(std::string_view text);

  /// Returns a line without its end. Lines count from 0; empty if there is no such line.
  [[nodiscard]] std::string_view line(int number) const;
  /// Returns the text from this position on; line and column count from 0, the column in bytes.
  [[nodiscard]] std::string_view from(int line_number, int byte_column) const;
  /// Converts a column in bytes, counted from 0, to one in characters, counted from 1.
  [[nodiscard]] int column(int line_number, int byte_column) const;
  [[nodiscard]] int count() const { return static_cast<int>(starts_.size()); }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  CharacterIndex characters_;
};

}  // namespace adit::app
