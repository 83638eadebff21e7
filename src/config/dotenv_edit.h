#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/secret.h"

namespace adit {

/// The text of a `.env` file, to be changed value by value: everything else stays as it stands, to the byte (comments,
/// order, blank lines, line ends, byte-order mark, `export`, spaces around `=`, quotes where the new value allows
/// them).
///
/// Every change is proved before it is kept: read by npm dotenv's grammar, the key has the value that was wanted, and
/// no other key has changed. Texts hold secrets: do not log them. Not thread-safe.
class DotenvText {
 public:
  explicit DotenvText(std::string text = {});
  /// The file, or an empty text where there is none. Throws Error `file_unreadable`, also for UTF-16.
  static DotenvText read(const std::string& path);

  /// The value that counts: the last one's. A private key that is wrapped over several lines comes whole.
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
  /// Each once, in order of first appearance.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Replaces the value that counts; a new key goes to the end. Throws Error (configuration) `unwritable_value` where
  /// dotenv has no spelling for the value (all three quotes in it, NUL, or a broken file around it), `invalid_key_name`
  /// for a key that is none.
  void set(std::string_view key, std::string_view value);
  /// The same, and a new key goes before the first line of `anchor`, where there is one.
  void set_before(std::string_view anchor, std::string_view key, std::string_view value);
  /// Gives the line that counts another key, and leaves the rest of it as it stands (`export`, quotes, the comment at
  /// its end). False, and nothing is changed, where there is no such line or `to` is there already. Throws Error
  /// `invalid_key_name`.
  bool rename(std::string_view key, std::string_view to);
  /// Every line of that key, the comment at its end too; false if there is none. Throws Error `unwritable_value`
  /// where another key would change (a quote that is never closed).
  bool remove(std::string_view key);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool changed() const { return text_ != original_; }

  /// Writes the text to the file that it was read from, or to another one; see replace_file.
  void write(const std::string& path) const;

 private:
  void insert(std::size_t at, std::string_view key, std::string_view value);
  [[nodiscard]] std::string line_end() const;

  WipedString text_;
  WipedString original_;
  bool existed_ = false;
};

/// `KEY=value` as dotenv reads it back exactly, quoted where needed; no line end. Throws Error `unwritable_value`.
[[nodiscard]] std::string dotenv_line(std::string_view key, std::string_view value);

}  // namespace adit
