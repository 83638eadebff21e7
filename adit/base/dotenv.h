#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit {

struct DotenvEntry {
  std::string key;
  WipedString value;
  /// Line of the key, from 1.
  int line = 0;
  /// The byte range of the whole match in the source text (after the `\r\n?` to `\n` rule has been applied, see
  /// `normalise_line_ends`): [begin, end).
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Where the value stands in that range, with its quotes; empty where there is none.
  std::size_t value_begin = 0;
  std::size_t value_end = 0;
};

/// `.env` text by exactly the grammar of npm's `dotenv` (its `parse` in version 16/17): the same keys and the same
/// values for every text. Entries come in file order; a key that stands twice comes twice, and the later one counts.
/// Source: https://github.com/motdotla/dotenv, lib/main.js, the expression LINE.
[[nodiscard]] std::vector<DotenvEntry> parse_dotenv(std::string_view text);

/// The same, entry by entry, for readers that want to look at what stands between them. `text` has to be normalised and
/// to outlive it.
class DotenvScanner {
 public:
  explicit DotenvScanner(std::string_view text) : text_(text) {}
  [[nodiscard]] std::optional<DotenvEntry> next();
  /// Goes on at this byte of the text.
  void skip_to(std::size_t position) { position_ = position; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  /// The line of `counted_`, so that lines are counted just once.
  std::size_t counted_ = 0;
  int line_ = 1;
};

/// `\r\n` and `\r` become `\n`, as dotenv does before it parses.
[[nodiscard]] std::string normalise_line_ends(std::string_view text);

}  // namespace adit

#pragma GCC visibility pop
