#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/secret.h"

namespace adit {

/// The text of a `.env` file, for changing single values. Everything else stays byte for byte the same: comments,
/// order, blank lines, line ends, byte-order mark, `export`, spaces around `=`, and quotes if the new value allows
/// them.
///
/// Every change is verified before it is kept: npm dotenv must read the new value for the key, and all other keys must
/// be unchanged. Do not log the text, because it contains secrets. Not thread-safe.
class DotenvText {
 public:
  explicit DotenvText(std::string text = {});
  /// Reads the file, or starts with an empty text if there is none. Throws Error `file_unreadable`, also for UTF-16.
  static DotenvText read(const std::string& path);

  /// Returns the value of the key's last entry, which is the one that dotenv uses. Returns all lines of a private key
  /// that is wrapped over several lines.
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
  /// Returns each key once, in order of first appearance.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Replaces the value of the key's last entry, or adds a line at the end. Throws Error (configuration):
  /// `unwritable_value` if dotenv has no spelling for the value (it contains all three quotes or NUL, or the file is
  /// malformed), `invalid_key_name`.
  void set(std::string_view key, std::string_view value);
  /// The same, but a new key is inserted before the first line of `anchor`, if that exists.
  void set_before(std::string_view anchor, std::string_view key, std::string_view value);
  /// Changes the key of its last entry, and nothing else on that line (`export`, quotes, the comment at its end).
  /// Returns false, and changes nothing, if there is no such entry or `to` already exists. Throws Error
  /// `invalid_key_name`.
  bool rename(std::string_view key, std::string_view to);
  /// Removes all lines of the key with the comments at their ends. Returns false if there is none. Throws Error
  /// `unwritable_value` if another key would change, because of a quote that is never closed.
  bool remove(std::string_view key);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool changed() const { return text_ != original_; }

  /// Writes the text to the file from which it was read, or to another one, with replace_file().
  void write(const std::string& path) const;

 private:
  void insert(std::size_t at, std::string_view key, std::string_view value);
  [[nodiscard]] std::string line_end() const;

  WipedString text_;
  WipedString original_;
  bool existed_ = false;
};

/// Returns `KEY=value`, quoted if necessary, so that dotenv reads exactly this value. Without a line end. Throws Error
/// `unwritable_value`.
[[nodiscard]] std::string dotenv_line(std::string_view key, std::string_view value);

}  // namespace adit
